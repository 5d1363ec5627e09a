select
    coalesce(queue, 'an agent''s own queue') || ': ' || ending as detail,
    count(*) as rows
from shape.contacts
where disposition = 'abandoned' and ending is not null and ending <> 'customer'
group by detail
order by detail
