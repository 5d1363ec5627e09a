select
    cast(null as varchar) as detail,
    count(distinct opinions.ticket_id) as rows
from (
    select ticket_id from shape.opinions
    union all
    select ticket_id from shape.survey_opinions
    where ticket_id is not null
) as opinions
anti join shape.newest_tickets as tickets
    on opinions.ticket_id = tickets.ticket_id
