select
    cast(null as varchar) as detail,
    count(*) as rows
from shape.newest_tickets as tickets
anti join shape.merges as merges
    on tickets.ticket_id = merges.ticket_id
where
    tickets.is_closed_by_merge
    and not tickets.is_deleted
