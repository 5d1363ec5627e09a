{{ kpi_figures("invitations", "measures_invitations") }}
