select 'queues' as detail, count(*) as rows
from shape.contacts
where is_queue_nameless
union all
select 'wrap-up codes', count(*)
from shape.wrap_ups
where is_nameless
