{{ kpi_figures("orders", "measures_orders") }}
