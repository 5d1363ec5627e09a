-- Every request to cancel up to the as-of instant is counted in exactly one episode, and episodes
-- hold nothing else: per subscription, the requests of staging are those that the episodes count.
-- A failure means that a request was dropped or counted twice. Look first at the numbering in
-- int_cancel_events_grouped, then at the joins of int_cancel_episodes_asked and cancel_episodes.
with staged as (
    select
        events.subscription_id,
        count(*) as request_count
    from {{ ref("stg_billing__subscription_events") }} as events
    cross join {{ ref("int_run_observed") }} as run
    where
        events.event_type = 'cancel_requested'
        and events.effective_at <= run.as_of
    group by 1
),

counted as (
    select
        subscription_id,
        sum(request_count) as request_count
    from {{ ref("cancel_episodes") }}
    group by 1
)

select
    coalesce(staged.subscription_id, counted.subscription_id) as subscription_id,
    staged.request_count as staged_requests,
    counted.request_count as counted_requests
from staged
full join counted
    on staged.subscription_id = counted.subscription_id
where staged.request_count is distinct from counted.request_count
