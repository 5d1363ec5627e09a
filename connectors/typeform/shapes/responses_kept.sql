select
    *,
    nullif(fields ->> nullif(getvariable('customer_field'), ''), '') as customer,
    nullif(fields ->> nullif(getvariable('ticket_field'), ''), '') as ticket_id,
    nullif(fields ->> nullif(getvariable('contact_field'), ''), '') as contact_id
from shape.responses
where is_complete
qualify row_number() over (partition by response_id order by file_number desc, row_number desc) = 1
