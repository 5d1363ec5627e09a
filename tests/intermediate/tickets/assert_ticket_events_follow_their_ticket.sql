{{ config(severity = "warn") }}
-- Nothing happens to a ticket before it is created, but for the fraction of a second by which
-- clocks differ.
-- A failure means that two clocks disagree: the event says nothing, so that no reply time is
-- negative. Look first at the time zone of ticket_events and tickets in their source.
select
    events.event_id,
    events.ticket_id,
    events.event_at,
    tickets.created_at
from {{ ref("stg_interactions__ticket_events") }} as events
inner join {{ ref("stg_interactions__tickets") }} as tickets
    on events.ticket_id = tickets.ticket_id
where not ({{ follows_its_ticket() }})
