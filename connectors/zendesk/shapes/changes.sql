-- One row per ticket, field and instant: what the field was set to in the end, and what it was
-- before. Rules change a field again within the same instant; that nobody saw.
with said as (
    select
        ticket_id,
        field_name,
        event_at as changed_at,
        value,
        previous_value,
        updater_id,
        try_cast(event_id as bigint) as change_number
    from shape.audit_events
    where
        event_type in ('Create', 'Change')
        and field_name in (
            'status', 'assignee_id', 'group_id', 'satisfaction_score', 'satisfaction_comment'
        )
    union all by name
    select * from shape.listed_changes
),

settled as (
    select
        ticket_id,
        field_name,
        changed_at,
        arg_max(nullif(value, ''), change_number) as value,
        arg_min(nullif(previous_value, ''), change_number) as told_before
    from said
    group by ticket_id, field_name, changed_at
)

select
    ticket_id,
    field_name,
    changed_at,
    value,
    coalesce(
        lag(value) over (partition by ticket_id, field_name order by changed_at),
        told_before
    ) as value_before
from settled
