-- What a subscription was, from each event to the next: the terms come from the last start or
-- change, running or not from the last start, pause, resumption or end.
with events as (
    select
        *,
        case event_type
            when 'started' then 1
            when 'changed' then 2
            when 'paused' then 3
            when 'resumed' then 4
            else 5
        end as rank_at_same_instant
    from {{ ref("stg_billing__subscription_events") }}
    -- asking to cancel changes nothing yet
    where event_type in ('started', 'changed', 'paused', 'resumed', 'ended')
),

{%- set order = "effective_at, rank_at_same_instant, event_id" %}

states as (
    select
        subscription_id,
        {{ last_known("customer_id", "subscription_id", order) }} as customer_id,
        {{
            last_known(
                "case when event_type in ('started', 'resumed') then 'running' "
                ~ "when event_type in ('paused', 'ended') then event_type end",
                "subscription_id",
                order
            )
        }} as lifecycle,
        {{
            last_known(
                "case when event_type in ('started', 'changed') then status end",
                "subscription_id",
                order
            )
        }} as billing_status,
        {{ last_known("plan", "subscription_id", order) }} as plan,
        {{
            last_known(
                "case when event_type in ('started', 'changed') then amount end",
                "subscription_id",
                order
            )
        }} as amount,
        {{
            last_known(
                "case when event_type in ('started', 'changed') then billing_interval end",
                "subscription_id",
                order
            )
        }} as billing_interval,
        {{
            last_known(
                "case when event_type in ('started', 'changed') then currency end",
                "subscription_id",
                order
            )
        }} as currency,
        {{
            last_known(
                "case when event_type = 'paused' then effective_at end",
                "subscription_id",
                order
            )
        }} as last_paused_at,
        {{
            last_known(
                "case when event_type in ('started', 'changed') then effective_at end",
                "subscription_id",
                order
            )
        }} as terms_set_at,
        effective_at as valid_from,
        lead(effective_at) over (partition by subscription_id order by {{ order }})
            as valid_before
    from events
),

final as (
    select
        subscription_id,
        customer_id,
        lifecycle,
        billing_status,
        plan,
        currency,
        billing_interval,
        terms_set_at,
        last_paused_at,
        valid_from,
        valid_before,
        cast(
            case billing_interval
                when 'week' then amount * 52 / 12
                when 'month' then amount
                when 'quarter' then amount / 3
                when 'year' then amount / 12
            end as decimal(18, 4)
        ) as monthly_amount
    from states
    where
        valid_before is null
        or valid_before > valid_from
)

select * from final
