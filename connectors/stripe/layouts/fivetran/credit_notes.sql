select
    id as credit_note_id,
    invoice_id,
    status,
    currency,
    total,
    created as issued_at,
    coalesce(livemode, true) as is_live,
    file_number,
    row_number
from fivetran.credit_note
