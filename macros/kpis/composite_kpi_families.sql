{#-
    The families of KPIs that are made from other KPIs' figures. As those of kpi_families, each has
    its measures in `measures_<family>`; they read int_kpi_estimates, which is made before.
-#}
{% macro composite_kpi_families() -%}
    {{ return(["scorecard", "lead_lags", "signals"]) }}
{%- endmacro %}
