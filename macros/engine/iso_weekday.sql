{#- Day of the week of a date: 1 is Monday, 7 is Sunday. -#}
{% macro iso_weekday(calendar_date) -%}
    {{ return(adapter.dispatch("iso_weekday")(calendar_date)) }}
{%- endmacro %}

{% macro default__iso_weekday(calendar_date) -%}
    cast(extract(isodow from {{ calendar_date }}) as integer)
{%- endmacro %}

{% macro spark__iso_weekday(calendar_date) -%}
    cast(weekday({{ calendar_date }}) + 1 as integer)
{%- endmacro %}
