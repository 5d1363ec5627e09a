{{ config(severity = "warn") }}
-- Every event belongs to a ticket that landed.
-- A failure means that replies and solves are missing from the KPIs of their day. Look first
-- whether a file of tickets is late; the events count as soon as their tickets land.
select
    events.event_id,
    events.ticket_id,
    events.event_at
from {{ ref("stg_interactions__ticket_events") }} as events
left join {{ ref("stg_interactions__tickets") }} as tickets
    on events.ticket_id = tickets.ticket_id
where tickets.ticket_id is null
