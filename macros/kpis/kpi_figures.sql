{#-
    The figures of the families that are made from facts, or of those that are made from other KPIs'
    figures (`of_figures`): each KPI picks its measures from the sums of its family, which the YAML
    of the family's measures says how to cut. And a row without figures for each total that no source
    gave: a KPI without data says so, it is not left out. A plain count is zero, not unknown, where
    there are figures of earlier and of later periods.
-#}
{% macro kpi_figures(of_figures=false) -%}
{%- set families = composite_kpi_families() if of_figures
    else kpi_families() | reject("in", composite_kpi_families()) | list -%}
{%- set parts = ["numerator", "denominator", "squares", "low", "high", "sample", "pending"] -%}
with definitions as (
    select * from {{ ref("int_kpi_definitions") }}
    where
        status in ('active', 'under_review')
        and {{ "" if of_figures else "not " }}coalesce(
            family in ('{{ composite_kpi_families() | join("', '") }}'), false
        )
),

cells as (
    {%- for family in families %}
    select
        '{{ family }}' as measures_of,
        *
    from (
        {{ kpi_cells("measures_" ~ family) | indent(8) }}
    ) as {{ family }}
    {{ "union all" if not (of_figures and loop.last) }}
    {%- endfor %}
    {%- if not of_figures %}
    select
        'agent_views' as measures_of,
        *
    from (
        {{ kpi_cells("int_agent_views_measured") | indent(8) }}
    ) as agent_views
    {%- endif %}
),

-- what agents see of their own has measures by the same names, of several families
kpis_by_measures as (
    select
        *,
        family as measures_of
    from definitions
    {%- if not of_figures %}
    union all
    select
        *,
        'agent_views' as measures_of
    from definitions
    where is_shown_to_agents
    {%- endif %}
),

figures as (
    select
        kpis_by_measures.kpi_id,
        kpis_by_measures.kpi_version,
        kpis_by_measures.family,
        cells.period_grain,
        cells.period_start,
        cells.slice_type,
        cells.slice_value,
        kpis_by_measures.denominator_measure is not null as has_denominator,
        {%- for part in parts %}
        cells.measures[kpis_by_measures.{{ part }}_measure] as {{ part }},
        {%- endfor %}
        cells.people,
        cells.reference
    from cells
    inner join kpis_by_measures
        on
            cells.measures_of = kpis_by_measures.measures_of
            and cells.period_start >= kpis_by_measures.valid_from
            and cells.period_start < kpis_by_measures.valid_before
            and kpis_by_measures.period_grains like '%' || cells.period_grain || '%'
),

calendar as (
    {%- for grain in ["day", "week", "month", "quarter"] %}
    select distinct
        '{{ grain }}' as period_grain,
        {{ period_start(grain, "calendar_date") }} as period_start
    from {{ ref("dates") }}
    {{ "union all" if not loop.last }}
    {%- endfor %}
),

expected_totals as (
    select
        definitions.kpi_id,
        definitions.kpi_version,
        definitions.family,
        calendar.period_grain,
        calendar.period_start,
        definitions.denominator_measure is not null as has_denominator,
        -- a difference between two groups is no count: without them it is unknown, not 0
        definitions.denominator_measure is null
        and definitions.sample_measure is null as is_plain_count
    from calendar
    inner join definitions
        on
            calendar.period_start >= definitions.valid_from
            and calendar.period_start < definitions.valid_before
            and definitions.period_grains like '%' || calendar.period_grain || '%'
),

observed as (
    select
        kpi_id,
        period_grain,
        min(period_start) as first_period_start,
        max(period_start) as last_period_start
    from figures
    where slice_type = 'total'
    group by 1, 2
),

missing_totals as (
    select
        expected_totals.kpi_id,
        expected_totals.kpi_version,
        expected_totals.family,
        expected_totals.period_grain,
        expected_totals.period_start,
        'total' as slice_type,
        'all' as slice_value,
        expected_totals.has_denominator,
        case
            when
                expected_totals.is_plain_count
                and expected_totals.period_start > observed.first_period_start
                and expected_totals.period_start < observed.last_period_start
                then cast(0 as double)
        end as numerator,
        cast(null as double) as denominator,
        cast(null as double) as squares,
        cast(null as double) as low,
        cast(null as double) as high,
        cast(null as double) as sample,
        cast(null as double) as pending,
        cast(null as double) as people,
        cast(null as double) as reference
    from expected_totals
    left join figures
        on
            expected_totals.kpi_id = figures.kpi_id
            and expected_totals.period_grain = figures.period_grain
            and expected_totals.period_start = figures.period_start
            and figures.slice_type = 'total'
    left join observed
        on
            expected_totals.kpi_id = observed.kpi_id
            and expected_totals.period_grain = observed.period_grain
    where figures.kpi_id is null
),

final as (
    select * from figures
    union all
    select * from missing_totals
)

select * from final
{%- endmacro %}
