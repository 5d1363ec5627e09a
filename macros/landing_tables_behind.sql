{#-
    The landing tables that a model is made from, as (source, table), by dbt's own lineage. `beyond`
    names models whose sources do not count.
-#}
{% macro landing_tables_behind(model, beyond) -%}
    {%- set found = [] -%}
    {%- set seen = {} -%}
    {%- for name in beyond -%}
        {%- do seen.update({"model." ~ project_name ~ "." ~ name: true}) -%}
    {%- endfor -%}
    {#- the list grows while it is read: those behind the model, then those behind these -#}
    {%- set waiting = ["model." ~ project_name ~ "." ~ model] if execute else [] -%}
    {%- for unique_id in waiting -%}
        {%- for parent in graph.nodes[unique_id].depends_on.nodes if parent not in seen -%}
            {%- do seen.update({parent: true}) -%}
            {%- if parent in graph.sources -%}
                {%- set source = graph.sources[parent] -%}
                {%- do found.append((source.source_name, source.name)) -%}
            {%- elif parent.startswith("model.") -%}
                {%- do waiting.append(parent) -%}
            {%- endif -%}
        {%- endfor -%}
    {%- endfor -%}
    {{ return(found | sort) }}
{%- endmacro %}
