select null as detail, count(*) as rows
from fivetran.question_response as answers
anti join fivetran.survey_response as responses
    on answers.response_id = responses.id
