select
    contact_id,
    customer_ref,
    case when customer_ref is not null then customer_ref_type end as customer_ref_type,
    channel,
    case when start in ('company', 'callback') then 'outbound' else 'inbound' end as direction,
    case when start = 'company' then 'company' else 'customer' end as initiated_by,
    reason,
    queue,
    brand,
    site,
    -- nobody waits in a queue for what is written, or for the company's own call
    case
        when start = 'company' or channel not in ('phone', 'chat', 'video') then initiated_at
        else coalesce(enqueued_at, initiated_at)
    end as queue_entered_at,
    answered_at,
    ended_at,
    case
        when start = 'customer' and channel in ('phone', 'chat', 'video')
            then epoch(coalesce(answered_at, dequeued_at, ended_at)) - epoch(enqueued_at)
    end as wait_seconds,
    disposition,
    is_internal,
    case when start = 'callback' then root_contact_id end as parent_contact_id,
    ticket_id,
    updated_at,
from shape.contacts
-- what became of one that still waits is not known yet
where answered_at is not null or ended_at is not null
