-- The figures of the families that are made from other KPIs' figures.
{{ kpi_figures(of_figures=true) }}
