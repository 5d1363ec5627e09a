-- Cut by any one dimension, the parts of a KPI make its total: numerators and denominators alike.
-- A denominator that has no parts along a dimension stands whole in each of its cells. Families
-- that make their slices themselves, because what they measure does not add up, are left out. What
-- agents see of their own has a test of its own (assert_agents_make_the_service).
-- A failure means that rows are dropped or counted twice when a dimension is null or changes name,
-- or that an average was taken somewhere. Look first at kpi_cells, then at the slice columns of
-- the family's measures and their `kpi_not_cut_by`.
{%- set wholes = [] -%}
{%- set with_own_slices = ["none"] -%}
{%- for family in kpi_families() -%}
    {%- set roles = kpi_roles("measures_" ~ family) -%}
    {%- if roles.slice_type -%}
        {%- do with_own_slices.append(family) -%}
    {%- endif -%}
    {%- for measure, slices in roles.not_cut_by.items() -%}
        {%- for slice in slices -%}
            {%- do wholes.append((family, measure, slice)) -%}
        {%- endfor -%}
    {%- endfor -%}
{%- endfor %}
with wholes (family, measure, slice_type) as (
    values
    {%- for family, measure, slice in wholes %}
    ('{{ family }}', '{{ measure }}', '{{ slice }}'),
    {%- endfor %}
    ('none', 'none', 'none')
),

figures as (
    select
        figures.*,
        wholes.measure is not null as has_whole_denominator
    from {{ ref("int_kpi_figures") }} as figures
    inner join {{ ref("int_kpi_definitions") }} as definitions
        on
            figures.kpi_id = definitions.kpi_id
            and figures.kpi_version = definitions.kpi_version
    left join wholes
        on
            definitions.family = wholes.family
            and definitions.denominator_measure = wholes.measure
            and figures.slice_type = wholes.slice_type
    where
        definitions.family not in (
            {%- for family in with_own_slices %}
            '{{ family }}'{{ "," if not loop.last }}
            {%- endfor %}
        )
),

slices as (
    select
        kpi_id,
        period_grain,
        period_start,
        slice_type,
        sum(numerator) as numerator,
        case when bool_or(has_whole_denominator) then max(denominator) else sum(denominator) end
            as denominator,
        -- a whole that differs from cell to cell is none
        case when bool_or(has_whole_denominator) then min(denominator) else sum(denominator) end
            as smallest_denominator
    from figures
    where slice_type not in ('total', 'agent')
    group by 1, 2, 3, 4
),

totals as (
    select * from figures
    where slice_type = 'total'
)

select
    slices.*,
    totals.numerator as total_numerator,
    totals.denominator as total_denominator
from slices
left join totals
    on
        slices.kpi_id = totals.kpi_id
        and slices.period_grain = totals.period_grain
        and slices.period_start = totals.period_start
where
    totals.kpi_id is null
    or abs(slices.numerator - totals.numerator) > 1e-9 * greatest(abs(totals.numerator), 1)
    or abs(slices.denominator - totals.denominator) > 1e-9 * greatest(totals.denominator, 1)
    or slices.smallest_denominator <> slices.denominator
