{#- What an objective aims at: its target as landed, or its baseline changed by its relative change. -#}
{% macro objective_target() -%}
    cast(coalesce(target, baseline * (1 + relative_change)) as double)
{%- endmacro %}
