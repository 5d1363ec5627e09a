{{ kpi_figures("repurchase", "measures_repurchase") }}
