-- The balance of a month, from the single KPI up: a KPI's place between its worst and its best
-- value, the perspective that it belongs to, the channel, and the index of each set of weights.
-- What is missing is weighed among the others of its perspective, never among perspectives: without
-- one of them there is no balance.
with weights as (
    select
        weight_set,
        perspective,
        kpi_id,
        weight,
        valid_from,
        coalesce(valid_to, cast('9999-12-31' as date)) as valid_before
    from {{ ref("kpi_weights") }}
),

bounds as (
    select
        kpi_id,
        cast(worst as double) as worst,
        cast(best as double) as best,
        valid_from,
        coalesce(valid_to, cast('9999-12-31' as date)) as valid_before
    from {{ ref("kpi_score_bounds") }}
),

usable as (
    select * from {{ ref("int_kpi_series") }}
    where
        period_grain = 'month'
        and kpi_id in (select weights.kpi_id from weights)
),

-- the months of which anything is known
months as (
    select distinct period_start
    from usable
    where slice_type = 'total'
),

-- every KPI that weighs in the month, with or without a figure; a channel only where it has one
weighed as (
    select
        months.period_start,
        weights.perspective,
        weights.kpi_id,
        weights.weight,
        'total' as slice_type,
        'all' as slice_value
    from months
    inner join weights
        on
            months.period_start >= weights.valid_from
            and months.period_start < weights.valid_before
    where weights.kpi_id is not null
    union all
    select
        usable.period_start,
        weights.perspective,
        weights.kpi_id,
        weights.weight,
        usable.slice_type,
        usable.slice_value
    from usable
    inner join weights
        on
            usable.kpi_id = weights.kpi_id
            and usable.period_start >= weights.valid_from
            and usable.period_start < weights.valid_before
    where
        usable.slice_type = 'channel'
        and weights.perspective in ('internal_process', 'customer')
),

scored as (
    select
        weighed.*,
        usable.value,
        bounds.worst,
        bounds.best,
        usable.is_provisional,
        -- the worst value may be above the best: one formula for both directions
        case
            when usable.value is not null and bounds.worst <> bounds.best
                -- and no zero below zero
                then 0.0 + 100 * least(
                    greatest((usable.value - bounds.worst) / (bounds.best - bounds.worst), 0), 1
                )
        end as score
    from weighed
    left join usable
        on
            weighed.kpi_id = usable.kpi_id
            and weighed.period_start = usable.period_start
            and weighed.slice_type = usable.slice_type
            and weighed.slice_value = usable.slice_value
    left join bounds
        on
            weighed.kpi_id = bounds.kpi_id
            and weighed.period_start >= bounds.valid_from
            and weighed.period_start < bounds.valid_before
),

summed as (
    select
        period_start,
        slice_type,
        slice_value,
        case when slice_type = 'total' then perspective else 'all' end as perspective,
        -- sums of decimals are the same in any order
        round(
            sum(weight * cast(score as decimal(18, 6)))
            / sum(case when score is not null then weight end),
            6
        ) as score,
        coalesce(sum(case when score is not null then weight end), 0) / sum(weight) as coverage,
        count(score) as kpis_scored,
        count(case when score is not null and is_provisional then 1 end) as kpis_pending
    from scored
    group by 1, 2, 3, 4
),

perspectives as (
    select
        * replace (
            case when coverage >= {{ parameter("scorecard_coverage_floor") }} then score end
            as score
        )
    from summed
    where slice_type = 'total'
),

indexes as (
    select
        weights.weight_set,
        perspectives.period_start,
        case
            when count(perspectives.score) = count(*)
                then
                    round(
                        sum(weights.weight * cast(perspectives.score as decimal(18, 6)))
                        / sum(weights.weight),
                        6
                    )
        end as score,
        sum(weights.weight * cast(perspectives.coverage as decimal(18, 6)))
        / sum(weights.weight) as coverage,
        cast(sum(perspectives.kpis_scored) as bigint) as kpis_scored,
        cast(sum(perspectives.kpis_pending) as bigint) as kpis_pending
    from perspectives
    inner join weights
        on
            perspectives.perspective = weights.perspective
            and perspectives.period_start >= weights.valid_from
            and perspectives.period_start < weights.valid_before
    where weights.kpi_id is null
    group by 1, 2
),

levels as (
    select
        'kpi' as level,
        period_start,
        perspective,
        kpi_id,
        value,
        worst,
        best,
        cast(weight as double) as weight,
        score,
        case when score is null then 0.0 else 1.0 end as coverage,
        case when score is null then 0 else 1 end as kpis_scored,
        case when score is not null and is_provisional then 1 else 0 end as kpis_pending
    from scored
    where slice_type = 'total'
    union all by name
    select
        'perspective' as level,
        * exclude (slice_type, slice_value)
    from perspectives
    union all by name
    select
        'channel' as level,
        slice_value as channel,
        * exclude (slice_type, slice_value)
    from summed
    where
        slice_type = 'channel'
        and score is not null
    union all by name
    select
        'index' as level,
        *
    from indexes
),

final as (
    select
        period_start,
        level,
        coalesce(weight_set, 'all') as weight_set,
        coalesce(perspective, 'all') as perspective,
        coalesce(kpi_id, 'all') as kpi_id,
        coalesce(channel, 'all') as channel,
        value,
        worst,
        best,
        weight,
        score,
        coverage,
        kpis_scored,
        kpis_pending
    from levels
)

select * from final
