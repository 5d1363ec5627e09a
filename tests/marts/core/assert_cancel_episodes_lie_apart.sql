-- The last request of an episode and the first of the next, of the same subscription, are more days
-- apart than the parameter lets one episode be.
-- A failure means that one wish to leave counts as two. Look first at is_first_request in
-- int_cancel_events_grouped.
with requests as (
    select
        subscription_id,
        cancel_episode_id,
        min(event_date) as first_date,
        max(event_date) as last_date
    from {{ ref("int_cancel_events_grouped") }}
    where is_request
    group by 1, 2
),

followed as (
    select
        *,
        lead(first_date) over (partition by subscription_id order by first_date, last_date)
            as next_first_date
    from requests
)

select *
from followed
where
    next_first_date
    <= {{ add_days("last_date", parameter("cancel_episode_days", "integer")) }}
