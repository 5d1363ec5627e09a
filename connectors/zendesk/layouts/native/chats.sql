select
    id as chat_id,
    zendesk_ticket_id as ticket_id,
    timestamp as began_at,
    case when not coalesce(missed, false)
        then timestamp + to_milliseconds(
            cast(1000 * cast(json_extract_string(response_time, '$.first') as double) as bigint)
        )
    end as answered_at,
    timestamp + to_seconds(duration) as ended_at,
    nullif(lower(json_extract_string(visitor, '$.email')), '') as email,
    lower(department_name) as department,
    coalesce(started_by in ('agent', 'trigger'), false) as is_proactive
from native.chats
where coalesce(type, 'chat') = 'chat'
qualify row_number() over (partition by id order by file_number desc, row_number desc) = 1
