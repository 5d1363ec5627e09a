{{ kpi_figures("revenue", "measures_revenue") }}
