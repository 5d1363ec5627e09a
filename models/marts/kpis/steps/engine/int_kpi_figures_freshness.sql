{{ kpi_figures("freshness", "measures_freshness") }}
