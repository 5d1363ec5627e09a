select
    asks_for as detail,
    count(distinct response_id || question_id) as rows
from shape.survey_answers
where
    asks_for not in ('customer_satisfaction', 'open_ended')
    and not is_skipped
group by asks_for
order by asks_for
