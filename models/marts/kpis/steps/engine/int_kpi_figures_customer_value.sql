{{ kpi_figures("customer_value", "measures_customer_value", has_own_periods=true) }}
