-- depends_on: {{ ref("kpi_values") }}
-- The measures that an active KPI names are columns of its family's model, marked
-- `kpi_role: measure` (or `people`) there.
-- A failure means that the KPI has a numerator or a denominator of nothing. Look first at the
-- spelling in kpi_catalogue.csv, then at measures_<family>.yml.
{%- set marked = [] -%}
{%- if execute -%}
    {%- for node in graph.nodes.values() if node.name.startswith("measures_") -%}
        {%- for measure in kpi_columns(node.name, "measure") + kpi_columns(node.name, "people") -%}
            {%- do marked.append((node.name | replace("measures_", "", 1), measure)) -%}
        {%- endfor -%}
    {%- endfor -%}
{%- endif %}
with measures (family, measure) as (
    values
    {%- for family, measure in marked %}
    ('{{ family }}', '{{ measure }}'),
    {%- endfor %}
    ('none', 'none')
),

named as (
    {%- for part in ["numerator", "denominator", "squares", "low", "high", "sample"] %}
    select
        kpi_id,
        family,
        '{{ part }}' as part,
        {{ part }}_measure as measure
    from {{ ref("kpi_catalogue") }}
    where status = 'active'
    {{ "union all" if not loop.last }}
    {%- endfor %}
)

select named.*
from named
left join measures
    on
        named.family = measures.family
        and named.measure = measures.measure
where
    (named.measure is not null or named.part = 'numerator')
    and measures.measure is null
