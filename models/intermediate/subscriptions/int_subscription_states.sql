-- What a subscription was, from each event to the next: the terms come from the last start or
-- change, running or not from the last start, pause, resumption or end. Events of one instant are
-- taken in the order in which each of them says something new, given what the subscription was
-- before: what ran ended and started again, what did not run started and ended at once. A repeated
-- event changes nothing.
with events as (
    select
        *,
        -- the terms of the instant are those that were set last
        case event_type
            when 'ended' then 1
            when 'started' then 2
            when 'changed' then 3
            when 'paused' then 4
            else 5
        end as rank_at_same_instant
    from {{ ref("stg_billing__subscription_events") }}
    -- asking to cancel changes nothing yet
    where event_type in ('started', 'changed', 'paused', 'resumed', 'ended')
),

gathered as (
    select
        *,
        {%- for event_type in ["started", "paused", "resumed", "ended"] %}
        bool_or(event_type = '{{ event_type }}') over same_instant as is_{{ event_type }},
        {%- endfor %}
        effective_at = min(effective_at) over (partition by subscription_id) as is_first_instant
    from events
    window same_instant as (partition by subscription_id, effective_at)
),

-- what an instant says by itself; null where it leaves things as they were
stated as (
    select
        *,
        case
            when is_started and is_ended then case when is_first_instant then false end
            when is_ended then false
            when is_started or is_resumed then true
        end as is_held_stated,
        case
            when is_paused and is_resumed and not is_started then null
            when is_paused and not is_resumed then true
            when is_started or is_resumed or is_ended then false
        end as is_paused_stated
    from gathered
),

{%- set order = "effective_at, rank_at_same_instant, event_id" %}

walked as (
    select
        *,
        {{ last_known("is_held_stated", "subscription_id", order) }} as is_held,
        coalesce({{ last_known("is_paused_stated", "subscription_id", order) }}, false)
            as is_laid_aside
    from stated
),

with_lifecycle as (
    select
        *,
        case
            when not is_held then 'ended'
            when is_laid_aside then 'paused'
            when is_held then 'running'
        end as lifecycle
    from walked
),

followed as (
    select
        *,
        lag(lifecycle) over (partition by subscription_id order by {{ order }})
            as lifecycle_before
    from with_lifecycle
),

states as (
    select
        subscription_id,
        lifecycle,
        {{ last_known("customer_id", "subscription_id", order) }} as customer_id,
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
        -- a repeated pause does not begin anew
        {{
            last_known(
                "case when lifecycle = 'paused' and lifecycle_before is distinct from 'paused' "
                ~ "then effective_at end",
                "subscription_id",
                order
            )
        }} as last_paused_at,
        {{
            last_known(
                "case when lifecycle = 'running' and lifecycle_before = 'paused' "
                ~ "then effective_at end",
                "subscription_id",
                order
            )
        }} as last_resumed_at,
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
    from followed
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
        last_resumed_at,
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
