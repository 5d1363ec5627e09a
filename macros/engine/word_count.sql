{#- Number of words of a text: what stands between spaces and has a letter or a digit. -#}
{% macro word_count(text) -%}
    {{ return(adapter.dispatch("word_count")(text)) }}
{%- endmacro %}

{% macro duckdb__word_count(text) -%}
    len(regexp_extract_all({{ text }}, '\S*[\pL\pN]\S*'))
{%- endmacro %}

{% macro spark__word_count(text) -%}
    regexp_count({{ text }}, '\\S*[\\p{L}\\p{N}]\\S*')
{%- endmacro %}
