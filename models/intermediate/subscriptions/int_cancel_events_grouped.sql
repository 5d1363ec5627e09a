-- Which cancellation episode a request to cancel, or its withdrawal, belongs to. A request opens a
-- new episode when the one before it, of the same subscription, is too many local days away; the
-- days count from request to request, so a customer who keeps asking stays in one episode.
{%- set order = "effective_at, rank_at_same_instant, event_id" %}
with run as (
    select * from {{ ref("int_run_observed") }}
),

events as (
    select
        events.*,
        {{ business_date("events.effective_at", "run.business_time_zone") }} as event_date,
        events.event_type = 'cancel_requested' as is_request,
        -- asked and withdrawn in the same second: asked first
        case when events.event_type = 'cancel_requested' then 1 else 2 end
            as rank_at_same_instant
    from {{ ref("stg_billing__subscription_events") }} as events
    cross join run
    where
        events.event_type in ('cancel_requested', 'cancel_withdrawn')
        and events.effective_at <= run.as_of
),

with_previous_request as (
    select
        *,
        max(case when is_request then event_date end) over (
            partition by subscription_id
            order by {{ order }}
            rows between unbounded preceding and 1 preceding
        ) as previous_request_date
    from events
),

marked as (
    select
        *,
        is_request
        and (
            previous_request_date is null
            or event_date > {{
                add_days("previous_request_date", parameter("cancel_episode_days", "integer"))
            }}
        ) as is_first_request
    from with_previous_request
),

numbered as (
    select
        *,
        sum(case when is_first_request then 1 else 0 end) over since_the_start as episode_number,
        sum(case when is_request then 1 else 0 end) over since_the_start as request_number
    from marked
    window since_the_start as (
        partition by subscription_id
        order by {{ order }}
        rows between unbounded preceding and current row
    )
),

final as (
    select
        event_id,
        subscription_id
        || '/'
        || first_value(event_id) over (
            partition by subscription_id, episode_number order by {{ order }}
        ) as cancel_episode_id,
        subscription_id,
        customer_id,
        cast(request_number as integer) as request_number,
        is_first_request,
        is_request,
        effective_at,
        event_date,
        reason,
        offer,
        offer_cost_eur,
        contact_id
    from numbered
    -- a withdrawal of a request that never arrived belongs to no episode
    where episode_number > 0
)

select * from final
