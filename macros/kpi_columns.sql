{#-
    The columns of a measures model that play a role in the KPI engine: `slice` or `measure`, as
    the model's own YAML declares them. The documented columns are the computed ones.
-#}
{% macro kpi_columns(measures_model, role) -%}
    {%- set found = [] -%}
    {%- if execute -%}
        {%- set node = graph.nodes["model." ~ project_name ~ "." ~ measures_model] -%}
        {%- for column in node.columns.values() -%}
            {%- if column.config.get("meta", column.meta).get("kpi_role") == role -%}
                {%- do found.append(column.name) -%}
            {%- endif -%}
        {%- endfor -%}
    {%- endif -%}
    {{ return(found) }}
{%- endmacro %}
