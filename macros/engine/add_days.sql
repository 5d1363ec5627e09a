{#- A date moved by a number of days (a column or a literal). -#}
{% macro add_days(calendar_date, days) -%}
    cast({{ dbt.dateadd("day", days, calendar_date) }} as date)
{%- endmacro %}
