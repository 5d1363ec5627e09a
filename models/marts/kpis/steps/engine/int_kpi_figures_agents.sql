{{ kpi_figures("agents", "measures_agents", has_own_periods=true) }}
