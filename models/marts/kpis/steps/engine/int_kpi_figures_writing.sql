{{ kpi_figures("writing", "measures_writing", has_own_periods=true) }}
