select
    id as ticket_id,
    cast(created_at as varchar) as created_at,
    cast(updated_at as varchar) as updated_at,
    via ->> 'channel' as via,
    requester as person_id
from native.tickets
qualify row_number() over (partition by id order by updated_at desc, file_number desc) = 1
