-- surveys.answers: one satisfaction score (1-5) per customer.
--
-- Never predict churn from it: every customer at 1 or 2 churned, none at 4 or 5. The score
-- carries the outcome.
with customers as (

    select * from shape.customers

),

final as (

    select
        'answer-' || customer_id as answer_id,
        'invitation-' || customer_id as invitation_id,
        'csat' as question_code,
        satisfaction as score,
        '2025-10-01T12:00:00' as answered_at,

    from customers

)

select * from final
