-- a view: a step of tickets alone
{{ config(materialized = "view") }}
-- Whether a first reply came within the promised open time, that time included. An overdue ticket
-- without any reply is a miss, even one that was solved in silence: whoever looks at answered
-- tickets alone sees only the lucky ones.
with promised as (
    select
        ticket_id,
        case
            when has_reply_promise
                then 3600 * coalesce(reply_sla_open_hours, {{ parameter("reply_sla_open_hours") }})
        end as reply_sla_open_seconds
    from {{ ref("int_tickets_described") }}
),

final as (
    select
        promised.ticket_id,
        cast(promised.reply_sla_open_seconds as decimal(18, 4)) as reply_sla_open_seconds,
        case
            when promised.reply_sla_open_seconds is null then 'not_expected'
            when milestones.first_reply_open_seconds <= promised.reply_sla_open_seconds then 'met'
            -- on a clock that nobody knows, nothing can be kept or missed
            when milestones.age_business_seconds is null then 'not_expected'
            when milestones.age_business_seconds <= promised.reply_sla_open_seconds then 'pending'
            else 'missed'
        end as reply_sla_status
    from promised
    inner join {{ ref("int_ticket_milestones") }} as milestones
        on promised.ticket_id = milestones.ticket_id
)

select * from final
