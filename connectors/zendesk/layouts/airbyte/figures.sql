-- Minutes as Zendesk rounds them; seconds where it has them. Elapsed time, not that of schedules.
select
    ticket_id,
    updated_at,
    json_extract_string(reply_time_in_seconds, '$.calendar') as first_reply_seconds,
    json_extract_string(reply_time_in_minutes, '$.calendar') as first_reply_minutes,
    json_extract_string(first_resolution_time_in_minutes, '$.calendar')
        as first_resolution_minutes,
    json_extract_string(full_resolution_time_in_minutes, '$.calendar') as full_resolution_minutes,
    reopens,
    replies
from airbyte.ticket_metrics
