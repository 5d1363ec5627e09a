-- depends_on: {{ ref("kpi_values") }}
-- The measures that a computed KPI names are columns of its family's model, marked
-- `kpi_role: measure` (or `people`) there.
-- A failure means that the KPI has a numerator or a denominator of nothing. Look first at the
-- spelling in kpi_catalogue.csv, then at measures_<family>.yml.
{%- set marked = [] -%}
{%- for family in kpi_families() -%}
    {%- set roles = kpi_roles("measures_" ~ family) -%}
    {%- for measure in roles.measure + roles.people -%}
        {%- do marked.append((family, measure)) -%}
    {%- endfor -%}
{%- endfor %}
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
    where status in ('active', 'under_review')
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
