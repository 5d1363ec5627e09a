{#- A text in lower case with one space around each word and nothing else, to look for words in. -#}
{% macro words_only(text) -%}
    {{ return(adapter.dispatch("words_only")(text)) }}
{%- endmacro %}

{% macro duckdb__words_only(text) -%}
    (' ' || lower(regexp_replace({{ text }}, '[^\pL\pN]+', ' ', 'g')) || ' ')
{%- endmacro %}

{% macro spark__words_only(text) -%}
    concat(' ', lower(regexp_replace({{ text }}, '[^\\p{L}\\p{N}]+', ' ')), ' ')
{%- endmacro %}
