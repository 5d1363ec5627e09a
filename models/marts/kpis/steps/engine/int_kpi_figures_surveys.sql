{{ kpi_figures("surveys", "measures_surveys") }}
