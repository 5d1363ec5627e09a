select null as detail, count(*) as rows
from shape.disputes_lost
where getvariable('lost_disputes') <> 'yes'
