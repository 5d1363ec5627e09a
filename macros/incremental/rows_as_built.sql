{#-
    Query: columns (name -> type) of a model's table as the last build left it, without depending on
    that model; without rows where it was never built.
-#}
{% macro rows_as_built(model_name, columns) -%}
    {%- set table = as_built(model_name) -%}
    {%- if table is none -%}
    select
        {%- for column, type in columns.items() %}
        cast(null as {{ type }}) as {{ column }}{{ "," if not loop.last }}
        {%- endfor %}
    where 1 = 0
    {%- else -%}
    select {{ columns.keys() | join(", ") }}
    from {{ table }}
    {%- endif -%}
{%- endmacro %}
