{{ kpi_quantiles("replies", "int_deferred_contacts_replied", ["reply_open_seconds"]) }}
