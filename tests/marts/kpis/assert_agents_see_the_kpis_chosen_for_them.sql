-- Every KPI that is chosen for agents is made of measures that one person has, and of every measure
-- of one person such a KPI is made.
-- A failure means that agents do not see what was promised, or that something is measured about
-- them that nobody shows them. Look first at the spelling in kpi_agent_views.csv, then at the
-- columns of int_agent_views_measured.
{%- set measures = kpi_roles("int_agent_views_measured").measure %}
with measures (measure) as (
    values
    {%- for measure in measures %}
    ('{{ measure }}'),
    {%- endfor %}
    (null)
),

named as (
    {%- for part in ["numerator", "denominator", "squares", "low", "high", "sample", "pending"] %}
    select
        agent_views.kpi_id,
        definitions.valid_from,
        definitions.valid_before,
        definitions.{{ part }}_measure as measure
    from {{ ref("kpi_agent_views") }} as agent_views
    inner join {{ ref("int_kpi_definitions") }} as definitions
        on agent_views.kpi_id = definitions.kpi_id
    where
        definitions.status in ('active', 'under_review')
        and definitions.{{ part }}_measure is not null
    {{ "union all" if not loop.last }}
    {%- endfor %}
),

seen as (
    select distinct kpi_id
    from {{ ref("int_kpi_figures") }}
    where slice_type = 'agent'
)

select
    coalesce(named.kpi_id, seen.kpi_id) as kpi_id,
    coalesce(named.measure, measures.measure) as measure
from named
full join measures
    on named.measure = measures.measure
full join seen
    on named.kpi_id = seen.kpi_id
where
    (named.kpi_id is not null and measures.measure is null)
    or (measures.measure is not null and named.kpi_id is null)
    or (seen.kpi_id is not null and named.kpi_id is null)
    -- where anything is known of anybody, each has a row, if only to say that there is no data
    or (
        seen.kpi_id is null
        and exists (
            select 1
            from {{ ref("int_agent_views_measured") }} as known
            where
                known.period_start >= named.valid_from
                and known.period_start < named.valid_before
        )
    )
