{{ kpi_figures("registry", "measures_registry") }}
