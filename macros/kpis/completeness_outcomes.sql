{#- What follows from how much of a source is missing, by level; within a `case`. -#}
{% macro completeness_outcomes() -%}
when 3 then 'refuse' when 2 then 'withhold' when 1 then 'warn' else 'ok'
{%- endmacro %}
