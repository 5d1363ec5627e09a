select null as detail, count(*) as rows
from shape.responses_kept
where survey_key not in (select survey_key from shape.asked where survey_key is not null)
