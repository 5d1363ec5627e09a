{{ kpi_figures("contact_demand", "measures_contact_demand") }}
