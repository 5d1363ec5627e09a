{{ kpi_figures("half_hours", "measures_half_hours") }}
