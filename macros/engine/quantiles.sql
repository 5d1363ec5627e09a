{#-
    Exact quantiles of a column, between two facts in proportion, as a list in the order of `fractions`.
    One list, because each aggregate by itself would keep every fact once more.
-#}
{% macro quantiles(expression, fractions) -%}
    {{ return(adapter.dispatch("quantiles")(expression, fractions)) }}
{%- endmacro %}

{% macro duckdb__quantiles(expression, fractions) -%}
    quantile_cont({{ expression }}, [{{ fractions | join(", ") }}])
{%- endmacro %}

{% macro spark__quantiles(expression, fractions) -%}
    percentile({{ expression }}, array({{ fractions | join(", ") }}))
{%- endmacro %}
