-- One row per answer of a survey response, skipped ones as well, in every export that has it. A
-- survey's subject is a ticket, which end users know as a request, or a conversation.
with unnested as (
    select
        id as response_id,
        responder_id,
        nullif(
            regexp_extract(
                concat(subject_zrns, subjects), '(?:ticket|request):([0-9]+)', 1
            ),
            ''
        ) as ticket_id,
        file_number,
        row_number,
        unnest(
            from_json(
                answers,
                '[{"type": "VARCHAR", "rating": "VARCHAR", "rating_category": "VARCHAR",
                "value": "VARCHAR", "created_at": "VARCHAR", "updated_at": "VARCHAR",
                "question": {"id": "VARCHAR", "type": "VARCHAR", "sub_type": "VARCHAR"}}]'
            )
        ) as answer
    from native.survey_responses
)

select
    response_id,
    responder_id,
    ticket_id,
    answer.question.id as question_id,
    case
        when answer.question.type like 'rating_scale%'
            then coalesce(answer.question.sub_type, 'customer_satisfaction')
        else answer.question.type
    end as asks_for,
    answer.type = 'skipped' as is_skipped,
    try_cast(answer.rating as double) as rating,
    answer.rating_category = 'good' as is_good,
    nullif(trim(answer.value), '') as words,
    try_cast(answer.created_at as timestamptz) as created_at,
    try_cast(answer.updated_at as timestamptz) as answered_at,
    file_number,
    row_number
from unnested
