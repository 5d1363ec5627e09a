{{ kpi_figures("recurring_revenue", "measures_recurring_revenue") }}
