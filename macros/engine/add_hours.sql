{#- An instant moved by a number of elapsed hours (a column or a literal). -#}
{% macro add_hours(instant, hours) -%}
    {{ return(adapter.dispatch("add_hours")(instant, hours)) }}
{%- endmacro %}

{% macro default__add_hours(instant, hours) -%}
    ({{ instant }} + {{ hours }} * interval '1 hour')
{%- endmacro %}

{% macro duckdb__add_hours(instant, hours) -%}
    ({{ instant }} + to_hours(cast({{ hours }} as bigint)))
{%- endmacro %}
