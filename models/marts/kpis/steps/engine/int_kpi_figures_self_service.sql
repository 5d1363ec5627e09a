{{ kpi_figures("self_service", "measures_self_service") }}
