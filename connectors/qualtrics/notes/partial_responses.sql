select null as detail, count(*) as rows
from shape.responses_kept
where not is_complete and getvariable('partial_answers') <> 'yes'
