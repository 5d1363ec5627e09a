{#-
    The landing tables that a model's figures are made from, as (source, table), by dbt's own
    lineage. Not by way of what `meta: {gives_no_figures: true}` marks: the run's clock, its calendar
    and the lists of what changed look at many tables, to say when and which rows to build.
-#}
{% macro landing_tables_behind(model) -%}
    {%- set found = [] -%}
    {%- set seen = {} -%}
    {#- the list grows while it is read: those behind the model, then those behind these -#}
    {%- set waiting = ["model." ~ project_name ~ "." ~ model] if execute else [] -%}
    {%- for unique_id in waiting -%}
        {%- for parent in graph.nodes[unique_id].depends_on.nodes if parent not in seen -%}
            {%- do seen.update({parent: true}) -%}
            {%- if parent in graph.sources -%}
                {%- set source = graph.sources[parent] -%}
                {%- do found.append((source.source_name, source.name)) -%}
            {%- elif parent.startswith("model.") -%}
                {%- if not graph.nodes[parent].config.get("meta", {}).get("gives_no_figures") -%}
                    {%- do waiting.append(parent) -%}
                {%- endif -%}
            {%- endif -%}
        {%- endfor -%}
    {%- endfor -%}
    {{ return(found | sort) }}
{%- endmacro %}
