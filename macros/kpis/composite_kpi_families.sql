{#-
    Those of kpi_families that are made from other KPIs' figures: their measures read
    int_kpi_estimates, which is made before.
-#}
{% macro composite_kpi_families() -%}
    {{ return(["scorecard", "lead_lags", "signals"]) }}
{%- endmacro %}
