{{ kpi_figures("reopens", "measures_reopens") }}
