select
    'aircall:' || legs.call_id || '-' || legs.segment_number as leg_id,
    'aircall:' || legs.call_id as contact_id,
    legs.agent_id,
    case when legs.is_first then 'queue' else 'transfer' end as entry_type,
    legs.started_at,
    legs.ended_at,
    legs.talk_seconds,
    legs.hold_seconds,
from shape.legs as legs
inner join shape.contacts as contacts
    on legs.call_id = contacts.call_id
where
    contacts.disposition = 'answered'
    and contacts.is_readable
    and contacts.started_at is not null
