{{ kpi_figures("cancellations_avoided", "measures_cancellations_avoided", has_own_periods=true) }}
