select
    id as credit_note_id,
    customer_id as stripe_customer_id,
    invoice_id,
    status,
    currency,
    total,
    created as issued_at,
    coalesce(livemode, true) as is_live,
    file_number,
    row_number
from sigma.credit_notes
