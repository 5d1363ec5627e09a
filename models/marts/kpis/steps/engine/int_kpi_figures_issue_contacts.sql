{{ kpi_figures("issue_contacts", "measures_issue_contacts") }}
