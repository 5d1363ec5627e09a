select
    ticket_id,
    field_name,
    updated as changed_at,
    value,
    cast(null as varchar) as previous_value,
    user_id as updater_id,
    0 as change_number
from fivetran.ticket_field_history
where
    field_name in (
        'status', 'assignee_id', 'group_id', 'satisfaction_score', 'satisfaction_comment'
    )
