{#-
    The landing tables that a model is made from, as `source.table`, by dbt's own lineage. `beyond`
    names models whose sources do not count.
-#}
{% macro landing_tables_behind(model, beyond) -%}
    {%- set found = [] -%}
    {%- set waiting = ["model." ~ project_name ~ "." ~ model] -%}
    {%- set seen = [] -%}
    {%- for _ in graph.nodes if execute -%}
        {%- if waiting -%}
            {%- set unique_id = waiting.pop() -%}
            {%- do seen.append(unique_id) -%}
            {%- for parent in graph.nodes[unique_id].depends_on.nodes -%}
                {%- if parent in graph.sources -%}
                    {%- set source = graph.sources[parent] -%}
                    {%- set full_name = source.source_name ~ "." ~ source.name -%}
                    {%- if full_name not in found -%}{%- do found.append(full_name) -%}{%- endif -%}
                {%- elif
                    parent.startswith("model.")
                    and parent not in seen
                    and parent not in waiting
                    and parent.split(".")[-1] not in beyond
                -%}
                    {%- do waiting.append(parent) -%}
                {%- endif -%}
            {%- endfor -%}
        {%- endif -%}
    {%- endfor -%}
    {{ return(found | sort) }}
{%- endmacro %}
