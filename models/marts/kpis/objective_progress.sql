-- Where each objective with a KPI stands, month after month, from its start on.
with objectives as (
    select
        * exclude (baseline),
        cast(baseline as double) as baseline,
        {{ objective_target() }} as target_value
    from {{ ref("stg_steering__objectives") }}
),

totals as (
    select
        *,
        {{ period_end("period_grain", "period_start") }} as period_end
    from {{ ref("kpi_values") }}
    where
        period_grain = 'month'
        and slice_type = 'total'
),

compared as (
    select
        objectives.objective_id,
        objectives.kpi_id,
        totals.kpi_version,
        totals.period_start,
        objectives.label,
        objectives.level,
        objectives.owner_role,
        objectives.starts_on,
        objectives.due_on,
        objectives.baseline,
        objectives.target_value as target,
        totals.value as actual,
        totals.sample_size,
        totals.is_provisional,
        totals.value - objectives.target_value as gap,
        (totals.value - objectives.baseline)
        / nullif(objectives.target_value - objectives.baseline, 0) as progress
    from objectives
    inner join totals
        on
            objectives.kpi_id = totals.kpi_id
            -- the month in which it begins and the one in which it is due included
            and totals.period_end > coalesce(objectives.starts_on, totals.period_start)
            and totals.period_start <= coalesce(objectives.due_on, totals.period_start)
),

final as (
    select
        objective_id,
        kpi_id,
        kpi_version,
        period_start,
        label,
        level,
        owner_role,
        starts_on,
        due_on,
        baseline,
        target,
        actual,
        sample_size,
        gap,
        progress,
        progress >= 1 or {{ as_shown("actual") }} = {{ as_shown("target") }} as is_reached,
        is_provisional
    from compared
)

select * from final
order by objective_id, period_start
