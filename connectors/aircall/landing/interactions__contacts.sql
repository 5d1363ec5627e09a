-- A local time that the clocks jumped over is landed as it was written: the landing sets it aside.
select
    'aircall:' || call_id as contact_id,
    customer_number as customer_ref,
    case when customer_number is not null then 'phone' end as customer_ref_type,
    'phone' as channel,
    case when direction = 'inbound' then 'inbound' else 'outbound' end as direction,
    case when direction = 'inbound' then 'customer' else 'company' end as initiated_by,
    reason,
    line as queue,
    team,
    nullif(getvariable('brand'), '') as brand,
    coalesce(strftime(queue_entered_at, '%Y-%m-%dT%H:%M:%SZ'), started_written) as queue_entered_at,
    answered_at,
    ended_at,
    disposition,
    direction = 'internal' as is_internal,
from shape.contacts
where
    is_readable
    and disposition in (
        'answered',
        'abandoned',
        'callback_requested',
        'no_answer',
        'ivr_contained',
        'voicemail'
    )
