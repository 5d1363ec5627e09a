-- Each ticket that landed and was created by the as-of instant has one row, whatever is missing of
-- its requester, its events or its seeds, and was in the backlog once at least.
-- A failure means that a join dropped or multiplied it. Look first at int_tickets_described.
with run as (
    select * from {{ ref("int_run_observed") }}
),

expected as (
    select tickets.ticket_id
    from {{ ref("stg_interactions__tickets") }} as tickets
    cross join run
    where tickets.created_at <= run.as_of
),

kept as (
    select
        tickets.ticket_id,
        count(intervals.ticket_id) as intervals
    from {{ ref("tickets") }} as tickets
    left join {{ ref("ticket_open_intervals") }} as intervals
        on tickets.ticket_id = intervals.ticket_id
    group by 1
)

select
    coalesce(expected.ticket_id, kept.ticket_id) as ticket_id,
    kept.intervals
from expected
full join kept
    on expected.ticket_id = kept.ticket_id
where
    expected.ticket_id is null
    or coalesce(kept.intervals, 0) = 0
