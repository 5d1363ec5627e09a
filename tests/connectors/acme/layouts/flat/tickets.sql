select
    ticket as ticket_id,
    cast(created as varchar) as created_at,
    cast(changed as varchar) as updated_at,
    channel as via,
    person as person_id
from flat.tickets
