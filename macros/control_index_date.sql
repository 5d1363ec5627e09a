{#- The day of a month from which those are followed who were not contacted in it. -#}
{% macro control_index_date(month_start) -%}
    {{ add_days(month_start, parameter("control_index_day", "integer") ~ " - 1") }}
{%- endmacro %}
