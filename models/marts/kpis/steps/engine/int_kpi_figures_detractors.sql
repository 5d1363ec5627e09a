{{ kpi_figures("detractors", "measures_detractors") }}
