-- The figures of every family, and a row without figures for each total that nothing fed: a KPI
-- whose source is absent is told to have no data, not left out. A plain count is zero, not unknown,
-- where its source tells of earlier and of later periods.
with figures as (
    select * from {{ ref("int_kpi_figures_united") }}
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
    inner join {{ ref("int_kpi_definitions") }} as definitions
        on
            calendar.period_start >= definitions.valid_from
            and calendar.period_start < definitions.valid_before
            and definitions.period_grains like '%' || calendar.period_grain || '%'
    where definitions.status in ('active', 'under_review')
),

fed as (
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
                and expected_totals.period_start > fed.first_period_start
                and expected_totals.period_start < fed.last_period_start
                then cast(0 as double)
        end as numerator,
        cast(null as double) as denominator,
        cast(null as double) as squares,
        cast(null as double) as low,
        cast(null as double) as high,
        cast(null as double) as sample,
        cast(null as double) as people,
        cast(null as double) as reference
    from expected_totals
    left join figures
        on
            expected_totals.kpi_id = figures.kpi_id
            and expected_totals.period_grain = figures.period_grain
            and expected_totals.period_start = figures.period_start
            and figures.slice_type = 'total'
    left join fed
        on
            expected_totals.kpi_id = fed.kpi_id
            and expected_totals.period_grain = fed.period_grain
    where figures.kpi_id is null
)

select * from figures
union all
select * from missing_totals
