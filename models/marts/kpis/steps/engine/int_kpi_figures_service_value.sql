{{ kpi_figures("service_value", "measures_service_value") }}
