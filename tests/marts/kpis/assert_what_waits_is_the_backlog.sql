-- The tickets that wait are the backlog of today, counted from the tickets here and from its moves
-- there. Look first at ticket_open_intervals.
with waiting as (
    select coalesce(max(tickets_open), 0) as tickets_open
    from {{ ref("waiting_now") }}
    where slice_type = 'total'
),

backlog as (
    select coalesce(sum(backlog.tickets_open), 0) as tickets_open
    from {{ ref("measures_backlog") }} as backlog
    inner join {{ ref("int_run_observed") }} as run
        on backlog.period_start = run.as_of_date
    where backlog.period_grain = 'day'
)

select
    waiting.tickets_open as waiting_tickets,
    backlog.tickets_open as backlog_tickets
from waiting
cross join backlog
where waiting.tickets_open <> backlog.tickets_open
