with fields as (
    select response_id, map_from_entries(list(row(key, value) order by key)) as fields
    from (
        select * from fivetran.survey_embedded_data
        where value is not null
        qualify
            row_number() over (
                partition by response_id, key order by file_number desc, row_number desc
            ) = 1
    )
    group by 1
)

select
    responses.id as response_id,
    responses.survey_id as survey_key,
    responses.start_date as started_at,
    responses.end_date as ended_at,
    false as has_no_zone,
    responses.status,
    responses.finished as is_finished,
    responses.progress,
    responses.distribution_channel as channel,
    responses.recipient_email as email,
    cast(to_json(fields.fields) as json) as fields,
    responses.file_number,
    responses.row_number
from fivetran.survey_response as responses
left join fields
    on responses.id = fields.response_id
