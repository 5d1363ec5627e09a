{{ kpi_figures("resolutions", "measures_resolutions") }}
