{#- In a select list: one row for each item of a list. -#}
{% macro each_of(list) -%}
    {{ return(adapter.dispatch("each_of")(list)) }}
{%- endmacro %}

{% macro duckdb__each_of(list) -%}
    unnest({{ list }})
{%- endmacro %}

{% macro spark__each_of(list) -%}
    explode({{ list }})
{%- endmacro %}
