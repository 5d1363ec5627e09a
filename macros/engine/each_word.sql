{#- In a select list: one row for each word of a text whose words are apart by one space. -#}
{% macro each_word(text) -%}
    {{ return(adapter.dispatch("each_word")(text)) }}
{%- endmacro %}

{% macro duckdb__each_word(text) -%}
    unnest(string_split({{ text }}, ' '))
{%- endmacro %}

{% macro spark__each_word(text) -%}
    explode(split({{ text }}, ' '))
{%- endmacro %}
