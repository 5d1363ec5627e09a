{{ kpi_figures("cancellations", "measures_cancellations") }}
