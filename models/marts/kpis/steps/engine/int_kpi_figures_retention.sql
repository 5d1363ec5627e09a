{{ kpi_figures("retention", "measures_retention", has_own_periods=true) }}
