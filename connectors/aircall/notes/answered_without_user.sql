select cast(null as varchar) as detail, count(*) as rows
from shape.contacts
where
    disposition = 'answered'
    and is_readable
    and call_id not in (select legs.call_id from shape.legs as legs)
