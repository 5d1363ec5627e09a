{#- A number as text with its sign and so many digits after the point; a null stays one. -#}
{% macro signed_text(number, digits) -%}
    {{ return(adapter.dispatch("signed_text")(number, digits)) }}
{%- endmacro %}

{% macro duckdb__signed_text(number, digits) -%}
    format('{:+.{{ digits }}f}', {{ number }})
{%- endmacro %}

{% macro spark__signed_text(number, digits) -%}
    format_string('%+.{{ digits }}f', {{ number }})
{%- endmacro %}
