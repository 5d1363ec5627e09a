{{ kpi_figures("staffing", "measures_staffing") }}
