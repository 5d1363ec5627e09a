{{ kpi_figures("costs", "measures_costs") }}
