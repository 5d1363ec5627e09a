{#-
    Whether one of the facts that are built again key by key must be built from nothing, and so the
    others with it: it never was, or a full refresh is asked for. Which they are is said in their
    YAML, `meta: {built_by: …}`: `person` (see int_persons_changed) or `ticket` (see
    int_tickets_changed).
-#}
{% macro any_not_built(built_by) -%}
    {%- if not execute -%}
        {{ return(false) }}
    {%- endif -%}
    {#- a unit test knows no graph: there nothing was built -#}
    {%- if flags.FULL_REFRESH or graph.nodes is not defined -%}
        {{ return(true) }}
    {%- endif -%}
    {%- for node in graph.nodes.values() if node.config.get("meta", {}).get("built_by") == built_by -%}
        {%- if as_built(node.name) is none -%}
            {{ return(true) }}
        {%- endif -%}
    {%- endfor -%}
    {{ return(false) }}
{%- endmacro %}
