select lower(initiation) as detail, count(*) as rows
from shape.records
where code_start(initiation) not in ('customer', 'company', 'callback', 'follow')
group by detail
order by detail
