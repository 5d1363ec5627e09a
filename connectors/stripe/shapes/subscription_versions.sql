-- One row per state of a subscription that was observed, in order. What never began is not here.
with observed as (
    select *
    from shape.subscription_observations
    where
        status not in ('incomplete', 'incomplete_expired')
        and (is_live or getvariable('include_test_mode') = 'yes')
),

final as (
    select
        observed.* exclude (started_at, observed_at),
        min(started_at) over (partition by subscription_id) as started_at,
        greatest(observed_at, started_at) as observed_at,
        max(case when status = 'canceled' then ended_at end) over (partition by subscription_id)
            as over_at,
        row_number() over (
            partition by subscription_id
            order by greatest(observed_at, started_at), observation_order, version_id
        ) as version_number
    from observed
)

select * from final
