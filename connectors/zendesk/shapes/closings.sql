-- Who closed a ticket, and when.
select
    ticket_id,
    event_at as changed_at,
    any_value(updater_id) as updater_id
from shape.audit_events
where
    field_name = 'status'
    and value = 'closed'
group by ticket_id, event_at
union all
select
    ticket_id,
    changed_at,
    any_value(updater_id)
from shape.listed_changes
where
    field_name = 'status'
    and value = 'closed'
group by ticket_id, changed_at
