-- Every rating and every text of CSAT surveys. An answer may be changed until its survey expires:
-- the newest counts, of the survey of its ticket that was answered last. Scales have two, three or
-- five points; what Zendesk calls good is at least 4 of 5.
with once as (
    select *
    from shape.survey_answers
    where asks_for in ('customer_satisfaction', 'open_ended')
    qualify
        row_number() over (
            partition by response_id, question_id, answered_at
            order by file_number desc, row_number desc
        ) = 1
),

placed as (
    select
        *,
        'survey:' || response_id || ':' || question_id || ':' || epoch_ms(answered_at)
            as answer_id,
        row_number() over (
            partition by response_id, question_id order by answered_at desc
        ) = 1 as is_newest_answer,
        max(case when not is_skipped then answered_at end) over (partition by response_id)
            as response_at,
        min(created_at) over (partition by response_id) as asked_at
    from once
),

of_tickets as (
    select
        *,
        dense_rank() over (
            partition by coalesce(ticket_id, response_id)
            order by response_at desc nulls last, response_id desc
        ) = 1 as is_newest_response
    from placed
)

select
    answer_id,
    response_id,
    responder_id,
    ticket_id,
    case when ticket_id is null then 'survey:' || response_id else 'satisfaction:' || ticket_id end
        as invitation_id,
    asks_for = 'customer_satisfaction' as is_rating,
    case when is_good and rating < 4 then 5 else rating end as score,
    words,
    asked_at,
    answered_at,
    is_newest_answer and is_newest_response as is_newest
from of_tickets
where not is_skipped and (asks_for = 'open_ended' or rating is not null)
