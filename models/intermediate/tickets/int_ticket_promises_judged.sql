-- a view: a step of tickets alone
{{ config(materialized = "view") }}
-- Whether a first reply came within the promised open time, that time included. An overdue ticket
-- without any reply is a miss, even one that was solved in silence: whoever looks at answered
-- tickets alone sees only the lucky ones. Overdue it is when the newest ticket event lies behind
-- the promise: a feed that is late has not shown that nobody replied.
with events_seen as (
    {{ exchanges_seen("ticket_events") }}
),

promised as (
    select
        tickets.ticket_id,
        tickets.team,
        events_seen.seen_until,
        case
            when tickets.has_reply_promise
                then 3600 * coalesce(
                    tickets.reply_sla_open_hours, {{ parameter("reply_sla_open_hours") }}
                )
        end as reply_sla_open_seconds
    from {{ ref("int_tickets_described") }} as tickets
    cross join events_seen
),

clocked as (
    select *
    from {{ with_business_clocks("promised", "team", ["seen_until"]) }} as clocked
),

final as (
    select
        clocked.ticket_id,
        cast(clocked.reply_sla_open_seconds as decimal(18, 4)) as reply_sla_open_seconds,
        case
            when clocked.reply_sla_open_seconds is null then 'not_expected'
            when milestones.first_reply_open_seconds <= clocked.reply_sla_open_seconds then 'met'
            -- on a clock that nobody knows, nothing can be kept or missed
            when milestones.age_business_seconds is null then 'not_expected'
            when
                milestones.first_reply_open_seconds is null
                and coalesce(
                    clocked.seen_until_business_clock - milestones.created_business_clock, 0
                ) <= clocked.reply_sla_open_seconds
                then 'pending'
            else 'missed'
        end as reply_sla_status
    from clocked
    inner join {{ ref("int_ticket_milestones") }} as milestones
        on clocked.ticket_id = milestones.ticket_id
)

select * from final
