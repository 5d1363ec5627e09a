with cells as (
    select
        responses.response_id,
        responses.survey_key,
        unnest(map_entries(cast(responses.fields as map(varchar, json))), recursive := true)
    from shape.responses as responses
    where responses.file_number in (select file_number from api.responses)
)

select
    response_id,
    survey_key,
    key as question,
    null as loop,
    -- several choices are no score
    case when json_type(value) <> 'ARRAY' then value ->> '$' end as value
from cells
where regexp_matches(key, '(^|_)QID[0-9]+') and json_type(value) <> 'NULL'
