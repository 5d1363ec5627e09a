-- The lineage is dbt's own: a family whose model reads another table is fed by it from then on. The
-- run's clock and its calendar look at every table and feed no figure.
{%- set clocks = ["int_run_observed", "stg_pilotage__run_context", "dates"] %}
{%- set union = "model." ~ project_name ~ ".int_kpi_figures_united" %}
{%- set fed = [] %}
{%- for unique_id in (graph.nodes[union].depends_on.nodes if execute else []) %}
{%- set model = unique_id.split(".")[-1] %}
{%- for table in landing_tables_behind(model, beyond=clocks) %}
{%- do fed.append([model[("int_kpi_figures_" | length):]] + table.split(".")) %}
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
