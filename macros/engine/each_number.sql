{#- In a select list: one row for each whole number from `first` to `last`, both included. -#}
{% macro each_number(first, last) -%}
    {{ return(adapter.dispatch("each_number")(first, last)) }}
{%- endmacro %}

{% macro duckdb__each_number(first, last) -%}
    unnest(generate_series({{ first }}, {{ last }}))
{%- endmacro %}

{% macro spark__each_number(first, last) -%}
    explode(sequence({{ first }}, {{ last }}))
{%- endmacro %}
