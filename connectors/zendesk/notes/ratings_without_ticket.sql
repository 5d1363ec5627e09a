select
    cast(null as varchar) as detail,
    count(distinct opinions.ticket_id) as rows
from shape.opinions as opinions
anti join shape.newest_tickets as tickets
    on opinions.ticket_id = tickets.ticket_id
