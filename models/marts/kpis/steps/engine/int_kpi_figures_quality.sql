{{ kpi_figures("quality", "measures_quality", has_own_periods=true) }}
