-- One row per state of a subscription that was observed, in order. What never began is not here.
with observed as (
    select *
    from shape.subscription_observations
    where
        status not in ('incomplete', 'incomplete_expired')
        and (is_live or getvariable('include_test_mode') = 'yes')
),

-- An export is at least as old as said: what it shows may be what a later event brought about.
own as (
    select *
    from observed
    window life as (
        partition by subscription_id order by observed_at, observation_order, version_id
    )
    qualify
        is_event
        or not coalesce(lead(is_event) over life, false)
        or row(status, is_cancelling, is_collection_paused, items, discounts) is distinct from lead(
            row(status, is_cancelling, is_collection_paused, items, discounts)
        ) over life
),

final as (
    select
        own.* exclude (started_at, observed_at),
        min(started_at) over (partition by subscription_id) as started_at,
        greatest(observed_at, started_at) as observed_at,
        max(case when status = 'canceled' then ended_at end) over (partition by subscription_id)
            as over_at,
        row_number() over (
            partition by subscription_id
            order by greatest(observed_at, started_at), observation_order, version_id
        ) as version_number
    from own
)

select * from final
