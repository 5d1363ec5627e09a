{{ kpi_figures("complaints", "measures_complaints") }}
