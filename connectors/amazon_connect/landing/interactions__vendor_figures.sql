with records as (
    select
        chain.*,
        contacts.answered_at as contact_answered_at,
    from shape.chain as chain
    inner join shape.contacts as contacts
        on chain.root_contact_id = contacts.contact_id
    where not contacts.is_internal
),

measured as (
    select
        root_contact_id,
        max(updated_at) as computed_at,
        -- the queues before the first answer: what a transfer waits is another's wait
        sum(queue_seconds) filter (
            where head_contact_id = root_contact_id
            and start in ('customer', 'follow')
            and enqueued_at < coalesce(contact_answered_at, timestamptz '9999-01-01')
        ) as queue_seconds,
        sum(interaction_seconds + coalesce(hold_seconds, 0) + coalesce(wrap_seconds, 0))
            filter (where is_answered) as handle_seconds,
    from records
    group by root_contact_id
    having count(*) filter (where is_wrapping_up) = 0
)

select
    'contact:' || root_contact_id || ':' || metric as figure_id,
    'contact' as subject_type,
    root_contact_id as subject_id,
    metric,
    value,
    'seconds' as unit,
    computed_at,
from (unpivot measured on queue_seconds, handle_seconds into name metric value value)
