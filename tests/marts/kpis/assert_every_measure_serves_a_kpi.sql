-- depends_on: {{ ref("kpi_values") }}
-- Every column of a measures model has its role: a key, a slice, a measure that a row of the
-- catalogue names, the people behind the row, or `kpi_role: context`, read by people and no KPI.
-- And every measures model is that of a family in the engine's list.
-- A failure means that a figure is computed for nobody, or that a KPI lost its measure. Look first
-- at the column's `kpi_role` in measures_<family>.yml, then at the family's rows in kpi_catalogue;
-- with `unlisted`, at kpi_families.
{%- set keys = ["business_date", "period_grain", "period_start"] -%}
{%- set columns = [] -%}
{%- if execute -%}
    {%- set listed = {} -%}
    {%- for family in kpi_families() -%}
        {%- do listed.update({"measures_" ~ family: family}) -%}
    {%- endfor -%}
    {%- set models = graph.nodes.values() | selectattr("resource_type", "equalto", "model") -%}
    {%- for node in models if "measures" in node.fqn -%}
        {%- for column in node.columns.values() if column.name not in keys -%}
            {%- set role = column.config.get("meta", column.meta).get("kpi_role", "none") -%}
            {%- do columns.append((
                listed.get(node.name, node.name),
                column.name,
                role if node.name in listed else "unlisted",
            )) -%}
        {%- endfor -%}
    {%- endfor -%}
{%- endif %}
with measures (family, measure, kpi_role) as (
    values
    {%- for family, measure, kpi_role in columns %}
    ('{{ family }}', '{{ measure }}', '{{ kpi_role }}'),
    {%- endfor %}
    ('none', 'none', 'context')
),

named as (
    {%- for part in ["numerator", "denominator", "squares", "low", "high", "sample", "pending"] %}
    select
        family,
        {{ part }}_measure as measure
    from {{ ref("kpi_catalogue") }}
    {{ "union all" if not loop.last }}
    {%- endfor %}
)

select measures.*
from measures
left join named
    on
        measures.family = named.family
        and measures.measure = named.measure
where
    measures.kpi_role not in (
        'slice', 'slice_type', 'slice_value', 'measure', 'people', 'reference', 'context'
    )
    or (measures.kpi_role = 'measure' and named.measure is null)
