-- Answers to questions that were said to be one of the service's.
select
    response_id,
    question_key,
    code_question(question_key) as question_code,
    list_contains(
        list_transform(
            string_split(getvariable('text_questions'), ','), lambda one: lower(trim(one))
        ),
        lower(code_question(question_key))
    ) as is_text,
    value,
    question_key || '=' || value as label_key
from shape.said
where code_question(question_key) <> lower(trim(question_key))
