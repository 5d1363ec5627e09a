{#- The number of the day, counted from 1970 in UTC, that a half-hour (its number) lies in. -#}
{% macro utc_day_of_half_hour(half_hour) -%}
    cast(floor(({{ half_hour }}) / 48) as bigint)
{%- endmacro %}
