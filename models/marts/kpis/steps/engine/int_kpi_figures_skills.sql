{{ kpi_figures("skills", "measures_skills", has_own_periods=true) }}
