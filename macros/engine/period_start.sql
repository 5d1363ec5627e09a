{#- The first date of the day, week (from Monday), month or quarter that holds a date. -#}
{% macro period_start(grain, calendar_date) -%}
    cast({{ dbt.date_trunc(grain, calendar_date) }} as date)
{%- endmacro %}
