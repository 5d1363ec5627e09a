with newest as (
    select *
    from shape.figures
    qualify row_number() over (partition by ticket_id order by updated_at desc) = 1
),

listed as (
    select
        ticket_id,
        updated_at,
        unnest([
            {
                'metric': 'first_reply_seconds',
                'value': coalesce(first_reply_seconds, first_reply_minutes),
                'unit': case when first_reply_seconds is null then 'minutes' else 'seconds' end
            },
            {
                'metric': 'first_resolution_seconds',
                'value': first_resolution_minutes,
                'unit': 'minutes'
            },
            {
                'metric': 'full_resolution_seconds',
                'value': full_resolution_minutes,
                'unit': 'minutes'
            },
            {'metric': 'reopens', 'value': cast(reopens as varchar), 'unit': 'count'},
            {'metric': 'replies', 'value': cast(replies as varchar), 'unit': 'count'}
        ], recursive := true)
    from newest
)

select
    'ticket:' || ticket_id || ':' || metric as figure_id,
    'ticket' as subject_type,
    ticket_id as subject_id,
    metric,
    cast(value as decimal(18, 4)) as value,
    unit,
    updated_at as computed_at,
    updated_at
from listed
where value is not null
