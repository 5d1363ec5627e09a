{#-
    The table of a model as the last build left it, without depending on that model; none where it
    was never built. For what a model must know of what is built after it: who was the owner.
-#}
{% macro as_built(model_name) -%}
    {#- a unit test knows no graph: there nothing was built -#}
    {%- if execute and graph.nodes is defined -%}
        {%- set node = graph.nodes["model." ~ project_name ~ "." ~ model_name] -%}
        {{ return(adapter.get_relation(node.database, node.schema, node.alias)) }}
    {%- endif -%}
    {{ return(none) }}
{%- endmacro %}
