-- Answers to questions that were said to be one of the service's.
with keyed as (
    select
        *,
        survey_key || '.' || question as question_key
    from shape.said
),

coded as (
    select
        *,
        code_question(question_key) as question_code
    from keyed
    where code_question(question_key) <> lower(trim(question_key))
),

final as (
    select
        * exclude (value, text),
        list_contains(
            list_transform(
                string_split(getvariable('text_questions'), ','), lambda one: lower(trim(one))
            ),
            lower(question_code)
        ) as is_text,
        coalesce(value, text) as value,
        coalesce(text, value) as text,
        question_key || '=' || coalesce(value, text) as label_key
    from coded
)

select * from final
