-- A ticket leaves the backlog before it enters it again, and only its last stretch may still run.
-- A failure means that a ticket would be counted twice in one backlog. Look first at events of one
-- instant in int_ticket_events_clocked.
with intervals as (
    select
        *,
        lead(opened_at) over (partition by ticket_id order by stretch_number) as next_opened_at
    from {{ ref("ticket_open_intervals") }}
)

select *
from intervals
where
    next_opened_at < left_at
    or (next_opened_at is not null and left_at is null)
