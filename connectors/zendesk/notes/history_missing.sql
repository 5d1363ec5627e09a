select
    cast(null as varchar) as detail,
    count(*) as rows
from shape.newest_tickets as tickets
anti join (select ticket_id from shape.changes where field_name = 'status') as changes
    on tickets.ticket_id = changes.ticket_id
where tickets.status in ('solved', 'closed')
