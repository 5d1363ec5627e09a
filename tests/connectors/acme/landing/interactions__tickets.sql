select
    tickets.ticket_id,
    people.email as customer_ref,
    case when people.email is not null then 'email' end as customer_ref_type,
    code_channel(tickets.via) as channel,
    tickets.created_at,
    'customer' as created_by,
    tickets.updated_at
from shape.tickets
left join shape.people using (person_id)
