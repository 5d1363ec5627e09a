{{ kpi_figures("trainings", "measures_trainings") }}
