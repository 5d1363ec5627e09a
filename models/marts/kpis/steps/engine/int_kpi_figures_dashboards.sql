{{ kpi_figures("dashboards", "measures_dashboards", has_own_periods=true) }}
