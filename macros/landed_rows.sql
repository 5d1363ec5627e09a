{#-
    The rows of a landing table, reduced to their key as one text, when they came, and the instant
    or the day that they belong to: of the contract's times the first that is required, else the
    first there is. Most tables have one of the two, a table without time has none.
-#}
{% macro landed_rows(source_name, table_name) -%}
    {%- set key = [] -%}
    {%- set found = namespace(column=none, is_required=false) -%}
    {%- if execute -%}
        {%- set node = graph.sources[
            "source." ~ project_name ~ "." ~ source_name ~ "." ~ table_name
        ] -%}
        {%- do key.extend(node.config.get("meta", node.meta)["key"]) -%}
        {%- for column in node.columns.values() -%}
            {%- set is_required = column.config.get("meta", column.meta).get("required", false) -%}
            {%- if
                column.data_type in ("timestamptz", "date")
                and column.name != "updated_at"
                and (found.column is none or (is_required and not found.is_required))
            -%}
                {%- set found.column = column -%}
                {%- set found.is_required = is_required -%}
            {%- endif -%}
        {%- endfor -%}
    {%- endif -%}
    {%- set time = found.column -%}
    select
        '{{ source_name }}' as source_name,
        '{{ table_name }}' as table_name,
        {%- for part in key %}
        {{ "|| '|' || " if not loop.first }}coalesce(cast({{ part }} as varchar), '')
        {%- endfor %} as row_key,
        cast({{ time.name if time and time.data_type == "timestamptz" else "null" }} as timestamptz)
            as event_at,
        cast({{ time.name if time and time.data_type == "date" else "null" }} as date) as event_on,
        batch
    from {{ source(source_name, table_name) }}
{%- endmacro %}
