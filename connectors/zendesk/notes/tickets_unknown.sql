select
    cast(null as varchar) as detail,
    count(*) as rows
from (
    select ticket_id from shape.comments
    union
    select ticket_id from shape.changes
) as named
anti join shape.newest_tickets as tickets
    on named.ticket_id = tickets.ticket_id
