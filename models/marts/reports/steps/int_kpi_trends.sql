-- The figures that some dashboard shows, each beside the eleven periods before it. A team or a site
-- of too few agents, or of nobody knows how many, is not shown.
with boards as (
    select
        dashboards.period_grain,
        coalesce(dashboards.slice_type, 'total') as slice_type,
        dashboard_kpis.kpi_id
    from {{ ref("dashboard_kpis") }} as dashboard_kpis
    inner join {{ ref("dashboards") }} as dashboards
        on dashboard_kpis.dashboard = dashboards.dashboard
),

shown as (
    select * from boards
    union
    select
        period_grain,
        'total' as slice_type,
        kpi_id
    from boards
),

{%- set said = [
    "value", "sample_size", "sample_flag", "ci_low", "ci_high", "status", "is_confirmed",
    "warn_threshold", "alert_threshold", "warn_floor", "alert_floor", "is_provisional",
    "is_series_break",
] | join(", ") %}

cells as (
    select
        kpi_id,
        period_grain,
        period_start,
        slice_type,
        slice_value,
        is_action_due,
        {{ said }}
    from {{ ref("kpi_values") }}
    union all
    -- what follows for a person, people decide
    select
        kpi_id,
        period_grain,
        period_start,
        'agent' as slice_type,
        agent_id as slice_value,
        false as is_action_due,
        {{ said }}
    from {{ ref("agent_kpi_values") }}
),

figures as (
    select cells.*
    from cells
    inner join shown
        on
            cells.kpi_id = shown.kpi_id
            and cells.period_grain = shown.period_grain
            and cells.slice_type = shown.slice_type
    -- nobody answers for a team without a name
    where cells.slice_value <> 'unknown'
),

lines as (
    select
        kpi_id,
        period_grain,
        slice_type,
        slice_value,
        min(period_start) as first_period_start
    from figures
    group by 1, 2, 3, 4
),

-- totals are there in every period, whatever landed for them
periods as (
    select distinct
        period_grain,
        period_start
    from figures
    where slice_type = 'total'
),

filled as (
    select
        lines.kpi_id,
        lines.period_grain,
        lines.slice_type,
        lines.slice_value,
        periods.period_start,
        figures.* exclude (kpi_id, period_grain, slice_type, slice_value, period_start),
        lines.slice_type in ('team', 'site')
        and coalesce(sizes.agents, 0) < {{ parameter("suppress_below") }} as is_hidden
    from lines
    inner join periods
        on
            lines.period_grain = periods.period_grain
            and lines.first_period_start <= periods.period_start
    left join figures
        on
            lines.kpi_id = figures.kpi_id
            and lines.period_grain = figures.period_grain
            and lines.slice_type = figures.slice_type
            and lines.slice_value = figures.slice_value
            and periods.period_start = figures.period_start
    left join {{ ref("int_team_sizes_counted") }} as sizes
        on
            lines.slice_type = sizes.slice_type
            and lines.slice_value = sizes.slice_value
            and {{ period_start("month", "periods.period_start") }} = sizes.month_start
),

-- the period of which all lines of a KPI speak: the newest final one with a total
newest as (
    select
        kpi_id,
        period_grain,
        coalesce(
            max(case when not is_provisional and value is not null then period_start end),
            max(period_start)
        ) as period_start
    from figures
    where slice_type = 'total'
    group by 1, 2
),

traced as (
    select
        filled.*,
        filled.period_start = newest.period_start as is_newest_final,
        array_agg(case when not filled.is_hidden then filled.value end) over twelve as trend,
        -- what came before a new definition is not comparable
        bool_or(coalesce(filled.is_series_break, false)) over eleven as is_trend_broken,
        count(filled.value) over twelve > 0 as is_alive
    from filled
    inner join newest
        on
            filled.kpi_id = newest.kpi_id
            and filled.period_grain = newest.period_grain
    window
        twelve as (
            partition by
                filled.kpi_id, filled.period_grain, filled.slice_type, filled.slice_value
            order by filled.period_start
            rows between 11 preceding and current row
        ),
        eleven as (
            partition by
                filled.kpi_id, filled.period_grain, filled.slice_type, filled.slice_value
            order by filled.period_start
            rows between 10 preceding and current row
        )
),

-- a team that is no more leaves the report a year after its last figure
final as (
    select * exclude (is_alive)
    from traced
    where
        is_alive
        or slice_type = 'total'
)

select * from final
