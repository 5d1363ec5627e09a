{#-
    The slices along which a column of a measures model has no parts, as its YAML declares them:
    `kpi_not_cut_by: [reason_group]`.
-#}
{% macro kpi_not_cut_by(measures_model, measure) -%}
    {%- if not execute -%}
        {{ return([]) }}
    {%- endif -%}
    {%- set column = graph.nodes["model." ~ project_name ~ "." ~ measures_model].columns[measure] -%}
    {{ return(column.config.get("meta", column.meta).get("kpi_not_cut_by", [])) }}
{%- endmacro %}
