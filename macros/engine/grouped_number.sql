{#-
    A double as text with `digits` (an expression, or a literal) after the point and its thousands
    grouped, as English writes it: `12,345.6`. A null stays one; what rounds to nothing has no sign.
-#}
{% macro grouped_number(number, digits) -%}
    {{ return(adapter.dispatch("grouped_number")(number, digits)) }}
{%- endmacro %}

{% macro duckdb__grouped_number(number, digits) -%}
    format('{:,.' || ({{ digits }}) || 'f}', round({{ number }}, {{ digits }}) + 0.0)
{%- endmacro %}

{% macro spark__grouped_number(number, digits) -%}
    format_number(round({{ number }}, {{ digits }}) + 0.0D, {{ digits }})
{%- endmacro %}
