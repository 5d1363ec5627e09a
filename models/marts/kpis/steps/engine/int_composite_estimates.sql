-- a view: one step of int_kpi_statuses
{{ config(materialized = "view") }}
-- Value, sample and interval of each figure that is made from other KPIs' figures.
{{ kpi_estimates("int_composite_figures") }}
