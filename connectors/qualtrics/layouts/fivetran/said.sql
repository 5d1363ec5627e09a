select
    answers.response_id,
    responses.survey_id as survey_key,
    concat_ws('_', answers.question_id, answers.sub_question_key) as question,
    answers.loop_id as loop,
    answers.value,
    answers.text
from fivetran.question_response as answers
inner join (select distinct id, survey_id from fivetran.survey_response) as responses
    on answers.response_id = responses.id
