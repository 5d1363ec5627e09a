{{ kpi_figures("servqual", "measures_servqual", has_own_periods=true) }}
