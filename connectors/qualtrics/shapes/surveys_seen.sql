select distinct survey_key from shape.responses
union
select distinct survey_key from shape.asked
