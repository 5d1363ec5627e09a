select coalesce(queue, 'no queue') || ': ' || disconnect_type as detail, count(*) as rows
from shape.contacts
where
    disposition = 'abandoned'
    and disconnect_type is not null
    and disconnect_type not in ('peer', 'client', 'endpoint')
group by detail
order by detail
