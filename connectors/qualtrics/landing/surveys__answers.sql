-- Answers as they were given when the person reached the end, not when Qualtrics recorded them.
with invitations as (
    select response_id, min(invitation_id) as invitation_id
    from shape.asked
    where response_id is not null and sent_at is not null
    group by 1
),

scored as (
    select
        *,
        case
            when is_text then null
            when code_label(label_key) <> lower(trim(label_key))
                then try_cast(code_label(label_key) as decimal(18, 4))
            else try_cast(value as decimal(18, 4))
        end as score
    from shape.answers
),

final as (
    select
        concat_ws('/', answers.response_id, answers.question, answers.loop) as answer_id,
        coalesce(invitations.invitation_id, answers.response_id) as invitation_id,
        answers.question_code,
        answers.score,
        case when answers.is_text then answers.text end as text,
        responses.ended_at as answered_at
    from scored as answers
    inner join shape.responses_kept as responses
        on answers.response_id = responses.response_id
    left join invitations
        on answers.response_id = invitations.response_id
    where
        (answers.is_text or answers.score is not null)
        and (responses.is_complete or getvariable('partial_answers') = 'yes')
    qualify
        row_number() over (
            partition by answers.response_id, answers.question, answers.loop order by answers.value
        ) = 1
)

select * from final
