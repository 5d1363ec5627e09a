-- The backlog at the as-of instant, read from the intervals, is exactly the tickets that are open.
-- A failure means that the two describe a ticket's course differently. Look first at
-- int_ticket_stretches.
with run as (
    select * from {{ ref("int_run_observed") }}
),

backlog as (
    select
        intervals.ticket_id,
        count(*) as stretches
    from {{ ref("ticket_open_intervals") }} as intervals
    cross join run
    where
        intervals.opened_at <= run.as_of
        and (intervals.left_at > run.as_of or intervals.left_at is null)
    group by 1
)

select
    tickets.ticket_id,
    tickets.is_open,
    backlog.stretches
from {{ ref("tickets") }} as tickets
full join backlog
    on tickets.ticket_id = backlog.ticket_id
where coalesce(backlog.stretches, 0) is distinct from case when tickets.is_open then 1 else 0 end
