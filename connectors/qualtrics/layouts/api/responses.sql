select
    responseId as response_id,
    case
        when regexp_matches(file_name, 'SV_[A-Za-z0-9]+')
            then regexp_extract(file_name, 'SV_[A-Za-z0-9]+')
        when contains(file_name, '/') then regexp_extract(file_name, '([^/]+)/[^/]+$', 1)
        else regexp_replace(file_name, '[.](json|jsonl|ndjson)([.]gz)?$', '')
    end as survey_key,
    try_cast("values" ->> 'startDate' as timestamptz) as started_at,
    try_cast("values" ->> 'endDate' as timestamptz) as ended_at,
    false as has_no_zone,
    "values" ->> 'status' as status,
    "values" ->> 'finished' in ('1', 'true') as is_finished,
    try_cast("values" ->> 'progress' as double) as progress,
    "values" ->> 'distributionChannel' as channel,
    "values" ->> 'recipientEmail' as email,
    "values" as fields,
    file_number,
    row_number
from api.responses
