{#- A text in which each part that a regular expression finds is another. -#}
{% macro replaced_in_text(text, pattern, replacement) -%}
    {{ return(adapter.dispatch("replaced_in_text")(text, pattern, replacement)) }}
{%- endmacro %}

{% macro duckdb__replaced_in_text(text, pattern, replacement) -%}
    regexp_replace({{ text }}, '{{ pattern | replace("'", "''") }}', '{{ replacement }}', 'g')
{%- endmacro %}

{% macro spark__replaced_in_text(text, pattern, replacement) -%}
    regexp_replace(
        {{ text }},
        '{{ pattern | replace("\\", "\\\\") | replace("'", "\\'") }}',
        '{{ replacement | replace("\\1", "$1") }}'
    )
{%- endmacro %}
