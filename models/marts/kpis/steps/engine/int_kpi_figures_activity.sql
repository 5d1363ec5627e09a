{{ kpi_figures("activity", "measures_activity", has_own_periods=true) }}
