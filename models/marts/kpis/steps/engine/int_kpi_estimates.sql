-- a view: one step of int_kpi_statuses, and of few KPIs the past that int_kpi_baselines looks at
{{ config(materialized = "view") }}
-- Value, sample and interval of each figure that measures give.
{{ kpi_estimates("int_kpi_figures") }}
