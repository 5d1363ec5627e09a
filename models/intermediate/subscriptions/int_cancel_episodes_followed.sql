-- a view: a step of cancel_episodes alone
{{ config(materialized = "view") }}
-- What the subscription was before its first request to cancel, and what it was when the last day
-- of the window was over, by the subscription events: a feed that is late has not shown that nobody
-- left.
with run as (
    select * from {{ ref("int_run_observed") }}
),

events_seen as (
    select seen_until
    from {{ ref("int_source_horizons") }}
    where
        source = 'billing'
        and table_name = 'subscription_events'
),

episodes as (
    select
        requests.cancel_episode_id,
        requests.subscription_id,
        requests.effective_at as requested_at,
        requests.event_date as requested_date,
        {{ add_days("requests.event_date", parameter("save_window_days", "integer")) }}
            as window_ends_on
    from {{ ref("int_cancel_events_grouped") }} as requests
    where requests.is_first_request
),

windows as (
    select
        episodes.*,
        -- the first instant after the last day: what is announced for it has not happened within
        {{
            local_midnight(add_days("episodes.window_ends_on", 1), "run.business_time_zone")
        }} as window_ends_at
    from episodes
    cross join run
),

states as (
    select
        *,
        case
            when lifecycle in ('paused', 'ended') then lifecycle
            when lifecycle is null then 'unknown'
            when {{ brings_revenue("states") }} then 'running_paying'
            when billing_status = 'trialing' then 'trial'
            when billing_status = 'unpaid' then 'unpaid'
            else 'free'
        end as subscription_state
    from {{ ref("int_subscription_states") }} as states
),

looked_at as (
    select
        windows.cancel_episode_id,
        states.*,
        states.valid_from < windows.requested_at
        and (states.valid_before >= windows.requested_at or states.valid_before is null)
            as is_before_the_request,
        states.valid_from < windows.window_ends_at
        and (states.valid_before >= windows.window_ends_at or states.valid_before is null)
            as is_at_window_end
    from windows
    inner join states
        on windows.subscription_id = states.subscription_id
),

final as (
    select
        windows.cancel_episode_id,
        windows.subscription_id,
        windows.requested_at,
        windows.requested_date,
        windows.window_ends_on,
        windows.window_ends_at <= events_seen.seen_until as is_mature,
        windows.window_ends_at,
        coalesce(before.subscription_state, 'unknown') as state_before,
        before.currency as currency_before,
        case
            when before.subscription_state = 'running_paying' then before.monthly_amount
            -- of a subscription whose start never landed nobody knows what it brought
            when before.subscription_state <> 'unknown' then 0
        end as monthly_amount_before,
        coalesce(at_window_end.subscription_state, 'unknown') as state_at_window_end,
        at_window_end.currency as currency_at_window_end,
        case
            when at_window_end.subscription_state = 'running_paying'
                then at_window_end.monthly_amount
            when at_window_end.subscription_state <> 'unknown' then 0
        end as monthly_amount_at_window_end
    from windows
    cross join events_seen
    left join looked_at as before
        on
            windows.cancel_episode_id = before.cancel_episode_id
            and before.is_before_the_request
    left join looked_at as at_window_end
        on
            windows.cancel_episode_id = at_window_end.cancel_episode_id
            and at_window_end.is_at_window_end
)

select * from final
