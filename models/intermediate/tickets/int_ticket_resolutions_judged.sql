-- a view: a step of tickets alone
{{ config(materialized = "view") }}
-- Whether a ticket is solved, and whether its first solve held.
with events_seen as (
    {{ exchanges_seen("ticket_events") }}
),

states as (
    select
        *,
        min(case when event_type = 'solved' then event_at end) over (partition by ticket_id)
            as first_solved_at,
        is_turn_of_backlog and event_type = 'reopened' as is_reopening
    from {{ ref("int_ticket_states") }}
),

summed as (
    select
        ticket_id,
        max_by(is_open, event_number) as is_open,
        max_by(is_solved, event_number) as is_solved,
        sum(case when is_reopening then 1 else 0 end) as reopen_count,
        min(case when is_reopening and event_at >= first_solved_at then event_at end)
            as first_reopened_at,
        {{ add_hours("min(first_solved_at)", parameter("reopen_window_hours")) }} as reopen_until
    from states
    group by 1
),

final as (
    select
        summed.ticket_id,
        summed.is_open,
        summed.is_solved,
        summed.reopen_count,
        summed.first_reopened_at,
        coalesce(summed.first_reopened_at <= summed.reopen_until, false)
            as is_reopened_within_window,
        coalesce(summed.reopen_until <= events_seen.seen_until, false) as is_reopen_mature
    from summed
    cross join events_seen
)

select * from final
