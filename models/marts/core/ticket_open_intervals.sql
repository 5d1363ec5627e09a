-- The backlog as it was at any instant, without a row for every day: who was in it then is who had
-- entered it and not yet left.
with stretches as (
    select * from {{ ref("int_ticket_stretches") }}
),

tickets as (
    select * from {{ ref("tickets") }}
),

final as (
    select
        stretches.ticket_id,
        cast(stretches.stretch_number as integer) as stretch_number,
        stretches.opened_at,
        stretches.left_at,
        stretches.opened_by,
        stretches.left_by,
        tickets.created_at,
        tickets.channel,
        tickets.is_live_channel,
        tickets.reason_group,
        tickets.team,
        tickets.brand,
        tickets.is_spam,
        tickets.is_merged
    from stretches
    inner join tickets
        on stretches.ticket_id = tickets.ticket_id
)

select * from final
order by opened_at, ticket_id
