{#- In a select list: one row for each part of a text that a separator divides. -#}
{% macro each_item(text, separator) -%}
    {{ return(adapter.dispatch("each_item")(text, separator)) }}
{%- endmacro %}

{% macro duckdb__each_item(text, separator) -%}
    unnest(string_split({{ text }}, '{{ separator }}'))
{%- endmacro %}

{% macro spark__each_item(text, separator) -%}
    explode(split({{ text }}, '\\{{ separator }}'))
{%- endmacro %}
