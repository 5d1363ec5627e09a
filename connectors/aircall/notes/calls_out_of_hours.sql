select coalesce(missed_call_reason, 'no reason') as detail, count(*) as rows
from shape.contacts
where disposition = 'left_out'
group by detail
order by detail
