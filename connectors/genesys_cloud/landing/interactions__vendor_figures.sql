-- Genesys counts in milliseconds.
with metrics as (
    select
        conversation_id,
        unnest(metrics) as metric,
    from shape.sessions
),

measured as (
    select
        metrics.conversation_id,
        -- the first answer or the hang-up: a transfer's wait is another's
        arg_min(
            try_cast(metric ->> 'value' as decimal(18, 4)), metric ->> 'emitDate'
        ) filter (where metric ->> 'name' in ('tAnswered', 'tAbandon')) / 1000 as queue_seconds,
        sum(try_cast(metric ->> 'value' as decimal(18, 4)))
            filter (where metric ->> 'name' = 'tHandle') / 1000 as handle_seconds,
        any_value(contacts.ended_at) as computed_at,
    from metrics
    inner join shape.contacts as contacts
        on metrics.conversation_id = contacts.conversation_id
    where not contacts.is_outbound
    group by metrics.conversation_id
)

select
    'contact:' || conversation_id || ':' || metric as figure_id,
    'contact' as subject_type,
    conversation_id as subject_id,
    metric,
    cast(value as decimal(18, 4)) as value,
    'seconds' as unit,
    computed_at,
from (unpivot measured on queue_seconds, handle_seconds into name metric value value)
