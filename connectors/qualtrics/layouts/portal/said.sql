-- Cells of questions, under Qualtrics' own number of the question where the header has it.
with cells as (
    select
        responses.response_id,
        responses.survey_key,
        responses.file_number,
        unnest(map_entries(cast(responses.fields as map(varchar, varchar))), recursive := true)
    from shape.responses as responses
    where responses.file_number in (select file_number from portal.responses)
),

named as (
    select
        cells.*,
        coalesce(
            try_cast(files.import_ids[cells.key] as json) ->> 'ImportId', cells.key
        ) as question,
        files.import_ids is not null as has_numbers
    from cells
    left join shape.survey_files as files
        on cells.file_number = files.file_number
)

select
    response_id,
    survey_key,
    question,
    null as loop,
    value
from named
where
    value is not null
    and case
        when has_numbers then regexp_matches(question, '(^|_)QID[0-9]+')
        else regexp_matches(question, '^(QID|Q)[0-9]+')
    end
