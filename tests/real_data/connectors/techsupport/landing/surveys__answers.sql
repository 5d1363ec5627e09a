-- surveys.answers: one row per rated ticket ("not rated" is no answer).
--
-- The answer is not dated: it takes the instant that stands for the sending.
with logged_tickets as (

    select * from shape.logged_tickets

),

final as (

    select
        'answer-' || ticket_id as answer_id,
        'invitation-' || ticket_id as invitation_id,
        'csat' as question_code,
        survey_score as score,
        strftime(
            greatest(created_local, first_reply_local, resolved_local, closed_local),
            '%Y-%m-%dT%H:%M:%S.%f'
        ) as answered_at,

    from logged_tickets
    where survey_score is not null

)

select * from final
