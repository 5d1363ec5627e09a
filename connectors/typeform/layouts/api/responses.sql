select
    token as response_id,
    case
        when contains(file_name, '/') then regexp_extract(file_name, '([^/]+)/[^/]+$', 1)
        else regexp_replace(file_name, '([.][a-z]+)+$', '')
    end as form,
    landed_at as started_at,
    submitted_at as sent_at,
    -- what was never sent has an instant of 1970, or none
    coalesce(response_type, 'completed') = 'completed'
    and submitted_at > timestamptz '1971-01-01 00:00:00+00' as is_complete,
    hidden as fields,
    answers,
    file_number,
    row_number
from api.responses
