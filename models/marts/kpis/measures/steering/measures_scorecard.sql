-- The index of the declared strategy, where all four perspectives have a score.
with final as (
    select
        'month' as period_grain,
        period_start,
        score as weighted_score,
        cast(1 as double) as weight,
        kpis_scored,
        kpis_pending
    from {{ ref("int_scorecard_levels") }}
    where
        level = 'index'
        and weight_set = {{ parameter("declared_weight_set", "varchar") }}
        and score is not null
)

select * from final
order by period_start
