-- The moments of a ticket that later models ask for, in one pass over its events.
-- An event dated before its ticket was created is a clock's error: it tells nothing, and a test
-- counts it. One after the as-of instant has not happened yet.
with events as (
    select events.*
    from {{ ref("stg_interactions__ticket_events") }} as events
    inner join {{ ref("stg_interactions__tickets") }} as tickets
        on events.ticket_id = tickets.ticket_id
    cross join {{ ref("int_run_observed") }} as run
    where
        events.event_at >= tickets.created_at
        and events.event_at <= run.as_of
),

final as (
    select
        ticket_id,
        -- an automatic acknowledgement is no reply
        min(case when event_type = 'public_reply' then event_at end) as first_public_reply_at,
        max(case when event_type = 'public_reply' then event_at end) as last_public_reply_at,
        min(case when event_type = 'solved' then event_at end) as first_solved_at,
        max(case when event_type = 'solved' then event_at end) as last_solved_at,
        max(case when event_type = 'reopened' then event_at end) as last_reopened_at,
        max(case when event_type = 'closed' then event_at end) as closed_at,
        sum(case when event_type = 'public_reply' then 1 else 0 end) as public_reply_count,
        sum(case when event_type = 'customer_message' then 1 else 0 end)
            as customer_message_count,
        sum(case when event_type = 'reopened' then 1 else 0 end) as reopen_count,
        -- a refused escalation never reached the higher level
        sum(
            case
                when event_type = 'escalated' then 1
                when event_type = 'escalation_rejected' then -1
                else 0
            end
        ) > 0 as is_escalated,
        max(event_at) as last_event_at
    from events
    group by 1
)

select * from final
