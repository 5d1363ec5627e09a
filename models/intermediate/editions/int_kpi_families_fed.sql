-- The lineage is dbt's own: a family whose model reads another table is told by it from then on.
-- The run's clock looks at every table and feeds no figure.
{%- set prefix = "int_kpi_figures_" %}
{%- set clocks = ["int_run_observed", "stg_pilotage__run_context"] %}
{%- set fed = [] %}
{%- for node in graph.nodes.values() if execute and node.name.startswith(prefix) %}
{%- for table in landing_tables_behind(node.name, beyond=clocks) %}
{%- do fed.append([node.name[prefix | length:]] + table.split(".")) %}
{%- endfor %}
{%- endfor %}
with fed as (
    {%- for family, source_name, table_name in fed | sort %}
    select
        '{{ family }}' as family,
        '{{ source_name }}' as source_name,
        '{{ table_name }}' as table_name
    {{ "union all" if not loop.last }}
    {%- else %}
    select
        '' as family,
        '' as source_name,
        '' as table_name
    {%- endfor %}
)

select * from fed
