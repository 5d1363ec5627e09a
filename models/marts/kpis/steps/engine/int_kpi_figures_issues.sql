{{ kpi_figures("issues", "measures_issues") }}
