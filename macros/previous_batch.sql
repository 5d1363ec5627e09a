{#-
    The last batch that the given incremental model already holds: the one of the last
    successful build, or none (0) when the model is about to be built from nothing.
-#}
{% macro previous_batch(schema, model) -%}
    {%- set run_context = ref("stg_pilotage__run_context") -%}
    {%- set existing = adapter.get_relation("marts", schema, model) if execute else none -%}
    {%- if flags.FULL_REFRESH or existing is none -%}
        0
    {%- else -%}
        (select run_context.previous_batch from {{ run_context }} as run_context)
    {%- endif -%}
{%- endmacro %}
