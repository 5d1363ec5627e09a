{#- The item of a list at a position, the first being 1. -#}
{% macro list_item(list, position) -%}
    {{ return(adapter.dispatch("list_item")(list, position)) }}
{%- endmacro %}

{% macro duckdb__list_item(list, position) -%}
    list_extract({{ list }}, {{ position }})
{%- endmacro %}

{% macro spark__list_item(list, position) -%}
    element_at({{ list }}, {{ position }})
{%- endmacro %}
