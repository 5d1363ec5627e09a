-- The figures of every family that is made from facts.
{{ kpi_figures() }}
