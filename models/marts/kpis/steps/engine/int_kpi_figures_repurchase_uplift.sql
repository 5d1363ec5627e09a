{{ kpi_figures("repurchase_uplift", "measures_repurchase_uplift", has_own_periods=true) }}
