-- The moments of a ticket that later models ask for, in one pass over its events.
with events as (
    select * from {{ ref("int_ticket_events_clocked") }}
    where {{ of_changed_tickets("ticket_id") }}
),

settled as (
    select
        *,
        {{
            last_known(
                "case when event_type in ('created', 'customer_message', 'public_reply', "
                ~ "'reopened', 'solved') then event_type end",
                "ticket_id",
                "event_number"
            )
        }} as last_turn
    from events
),

-- a solve of what is solved, without a word in between, changes nothing
walked as (
    select
        *,
        event_type = 'solved'
        and lag(last_turn) over (partition by ticket_id order by event_number)
        is distinct from 'solved' as is_solve
    from settled
),

milestones as (
    select
        ticket_id,
        -- an automatic acknowledgement is no reply
        min(case when event_type = 'public_reply' then event_at end) as first_public_reply_at,
        max(case when event_type = 'public_reply' then event_at end) as last_public_reply_at,
        min(case when is_solve then event_at end) as first_solved_at,
        max(case when is_solve then event_at end) as last_solved_at,
        max(case when event_type = 'closed' then event_at end) as closed_at,
        -- the clock never goes back: its smallest value is the one at creation
        min(business_clock_seconds) as created_business_clock,
        min(case when event_type = 'public_reply' then business_clock_seconds end)
            as first_reply_business_clock,
        min(case when is_solve then business_clock_seconds end) as first_solve_business_clock,
        max(case when is_solve then business_clock_seconds end) as last_solve_business_clock,
        cast(
            case when count(*) = count(business_seconds) then sum(business_seconds) end
            as decimal(18, 4)
        ) as age_business_seconds,
        sum(case when event_type = 'public_reply' then 1 else 0 end) as public_reply_count,
        sum(case when event_type = 'customer_message' then 1 else 0 end)
            as customer_message_count,
        sum(case when event_type = 'escalated' then 1 else 0 end) as escalation_count,
        sum(case when event_type = 'escalation_rejected' then 1 else 0 end)
            as escalation_rejected_count,
        -- a refused escalation never reached the higher level, unless it was asked for again
        coalesce(
            max_by(
                event_type,
                case
                    when event_type in ('escalated', 'escalation_rejected') then event_number
                end
            ) = 'escalated',
            false
        ) as is_escalated
    from walked
    group by 1
),

final as (
    select
        *,
        cast(first_reply_business_clock - created_business_clock as decimal(18, 4))
            as first_reply_open_seconds,
        cast(first_solve_business_clock - created_business_clock as decimal(18, 4))
            as first_solve_business_seconds,
        cast(last_solve_business_clock - created_business_clock as decimal(18, 4))
            as last_solve_business_seconds
    from milestones
)

select * from final
