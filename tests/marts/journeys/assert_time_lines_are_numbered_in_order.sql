-- On a person's time line, numbers run without a gap and never against time.
-- A failure means that the same files would show a journey in another order next time. Look first
-- at customer_events.
with numbered as (
    select
        customer_id,
        event_number,
        event_at,
        lag(event_number) over (partition by customer_id order by event_number) as previous_number,
        lag(event_at) over (partition by customer_id order by event_number) as previous_event_at
    from {{ ref("customer_events") }}
    where customer_id is not null
)

select *
from numbered
where
    event_number <> coalesce(previous_number, 0) + 1
    or event_at < previous_event_at
