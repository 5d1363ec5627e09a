{{ kpi_figures("resolution_costs", "measures_resolution_costs") }}
