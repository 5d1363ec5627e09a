{#-
    Query: the newest event of each table up to the as-of instant, by table of the landing contract ->
    (staging model without its source, columns with instants). Reads `run`.
-#}
{% macro newest_instants(instants) -%}
    {%- for table, (model, columns) in instants.items() %}
    {%- set source, table_name = table.split(".") %}
    select
        '{{ source }}' as source,
        '{{ table_name }}' as table_name,
        {%- for column in columns %}
        {{ "greatest(" if loop.first and not loop.last -}}
        max(case when events.{{ column }} <= run.as_of then events.{{ column }} end)
        {{- ")" if loop.last and not loop.first }}{{ "," if not loop.last }}
        {%- endfor %} as newest_event_at
    from {{ ref("stg_" ~ source ~ "__" ~ model) }} as events
    cross join run
    {{ "union all" if not loop.last }}
    {%- endfor %}
{%- endmacro %}
