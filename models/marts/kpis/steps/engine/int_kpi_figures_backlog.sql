{{ kpi_figures("backlog", "measures_backlog", has_own_periods=true) }}
