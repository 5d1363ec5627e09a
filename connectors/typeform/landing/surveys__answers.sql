with scored as (
    select
        *,
        case
            when is_text then null
            when code_label(label_key) <> lower(trim(label_key))
                then try_cast(code_label(label_key) as decimal(18, 4))
            else try_cast(value as decimal(18, 4))
        end as score
    from shape.answers
)

select
    answers.response_id || '/' || md5(answers.question_key) as answer_id,
    answers.response_id as invitation_id,
    answers.question_code,
    answers.score,
    case when answers.is_text then answers.value end as text,
    responses.sent_at as answered_at
from scored as answers
inner join shape.responses_kept as responses
    on answers.response_id = responses.response_id
where answers.is_text or answers.score is not null
