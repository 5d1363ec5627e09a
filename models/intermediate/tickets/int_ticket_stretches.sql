-- a view: a step of ticket_open_intervals alone
{{ config(materialized = "view") }}
-- Each stretch of time that a ticket spent in the backlog, from the event that brought it there to
-- the one that took it away.
with turns as (
    select * from {{ ref("int_ticket_states") }}
    where is_turn_of_backlog
),

paired as (
    select
        ticket_id,
        event_number,
        is_open,
        event_at as opened_at,
        event_type as opened_by,
        lead(event_at) over (partition by ticket_id order by event_number) as left_at,
        lead(event_type) over (partition by ticket_id order by event_number) as left_by
    from turns
),

final as (
    select
        ticket_id,
        row_number() over (partition by ticket_id order by event_number) as stretch_number,
        opened_at,
        left_at,
        opened_by,
        left_by
    from paired
    where is_open
)

select * from final
