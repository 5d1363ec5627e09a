{{ kpi_figures("replies", "measures_replies") }}
