-- Is the balance between the four perspectives kept? Each month, each KPI, each perspective and the
-- index, by every set of weights: only the index depends on the set, and the weights of its parts.
with levels as (
    select * from {{ ref("int_scorecard_levels") }}
    where level <> 'channel'
),

weights as (
    select
        weight_set,
        perspective,
        cast(weight as double) as weight,
        valid_from,
        coalesce(valid_to, cast('9999-12-31' as date)) as valid_before
    from {{ ref("kpi_weights") }}
    where kpi_id is null
),

final as (
    select
        levels.period_start,
        weights.weight_set,
        levels.level,
        levels.perspective,
        levels.kpi_id,
        levels.value,
        levels.worst,
        levels.best,
        coalesce(levels.weight, weights.weight) as weight,
        levels.score,
        levels.coverage,
        cast(levels.kpis_scored as bigint) as kpis_scored,
        levels.kpis_pending > 0 as is_provisional,
        weights.weight_set = {{ parameter("declared_weight_set", "varchar") }} as is_declared
    from levels
    inner join weights
        on
            levels.perspective = weights.perspective
            and levels.period_start >= weights.valid_from
            and levels.period_start < weights.valid_before
    where levels.level <> 'index'
    union all
    select
        period_start,
        weight_set,
        level,
        perspective,
        kpi_id,
        null,
        null,
        null,
        1,
        score,
        coverage,
        cast(kpis_scored as bigint),
        kpis_pending > 0,
        weight_set = {{ parameter("declared_weight_set", "varchar") }}
    from levels
    where level = 'index'
)

select * from final
order by period_start, weight_set, perspective, level desc, kpi_id
