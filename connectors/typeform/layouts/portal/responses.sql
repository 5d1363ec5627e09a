select
    "#" as response_id,
    case
        when contains(file_name, '/') then regexp_extract(file_name, '([^/]+)/[^/]+$', 1)
        else regexp_replace(file_name, '([.][a-z]+)+$', '')
    end as form,
    "Start Date (UTC)" as started_at,
    "Submit Date (UTC)" as sent_at,
    coalesce(lower("Response Type"), 'completed') = 'completed' as is_complete,
    other_columns as fields,
    null as answers,
    file_number,
    row_number
from portal.responses
