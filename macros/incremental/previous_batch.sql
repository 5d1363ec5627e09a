{#-
    The last batch that core.contacts already holds: the one of the last successful build, or none
    (0) when contacts are about to be built from nothing.
-#}
{% macro previous_batch() -%}
    {%- set run_context = ref("stg_pilotage__run_context") -%}
    {%- set contacts = adapter.get_relation("marts", "core", "contacts") if execute else none -%}
    {%- if flags.FULL_REFRESH or contacts is none -%}
        0
    {%- else -%}
        (select run_context.previous_batch from {{ run_context }} as run_context)
    {%- endif -%}
{%- endmacro %}
