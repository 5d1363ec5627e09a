select null as detail, count(*) as rows
from shape.disputes_lost
where
    counts_as is not null
    and getvariable('lost_disputes') <> 'yes'
