select
    cast(null as varchar) as detail,
    count(*) as rows
from shape.newest_tickets
where
    via_rel = 'follow_up'
    and not is_deleted
