{{
    config(
        materialized = "incremental",
        incremental_strategy = "append",
        on_schema_change = "fail",
        pre_hook = "{{ delete_where(of_changed_tickets('ticket_id')) }}",
    )
}}
-- Incremental by ticket: see int_tickets_changed.
-- The backlog as it was at any instant, without a row for every day: who was in it then is who had
-- entered it and not yet left.
with stretches as (
    select * from {{ ref("int_ticket_stretches") }}
),

tickets as (
    select * from {{ ref("tickets") }}
    where {{ of_changed_tickets("ticket_id") }}
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
        tickets.is_test,
        tickets.is_merged
    from stretches
    inner join tickets
        on stretches.ticket_id = tickets.ticket_id
)

select * from final
order by opened_at, ticket_id
