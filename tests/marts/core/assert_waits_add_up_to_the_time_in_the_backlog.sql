-- While a ticket is in the backlog, either the customer waits for us or we wait for the customer.
-- A failure means that time is lost or counted twice between the two. Look first at
-- int_ticket_states.
with run as (
    select * from {{ ref("int_run_observed") }}
),

in_backlog as (
    select
        intervals.ticket_id,
        sum({{ seconds_between("intervals.opened_at", "coalesce(intervals.left_at, run.as_of)") }})
            as backlog_seconds
    from {{ ref("ticket_open_intervals") }} as intervals
    cross join run
    group by 1
)

select
    tickets.ticket_id,
    in_backlog.backlog_seconds,
    tickets.customer_wait_elapsed_seconds,
    tickets.agent_wait_elapsed_seconds
from {{ ref("tickets") }} as tickets
left join in_backlog
    on tickets.ticket_id = in_backlog.ticket_id
where
    tickets.customer_wait_elapsed_seconds + tickets.agent_wait_elapsed_seconds
    is distinct from in_backlog.backlog_seconds
