-- Questions that somebody answered; what Qualtrics makes of a score by itself is none.
select distinct survey_key || '.' || question as question_key
from shape.said
where not regexp_matches(question, '_(NPS_GROUP|DO|DO_[0-9]+)$')
