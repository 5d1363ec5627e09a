{#- The next non-null value after the current row, in the order given. -#}
{% macro next_known(expression, partition_by, order_by) -%}
    {{ return(adapter.dispatch("next_known")(expression, partition_by, order_by)) }}
{%- endmacro %}

{% macro default__next_known(expression, partition_by, order_by) -%}
    lead({{ expression }}) ignore nulls over (partition by {{ partition_by }} order by {{ order_by }})
{%- endmacro %}

{% macro duckdb__next_known(expression, partition_by, order_by) -%}
    lead({{ expression }} ignore nulls) over (partition by {{ partition_by }} order by {{ order_by }})
{%- endmacro %}
