select
    id as refund_id,
    charge_id,
    payment_intent_id,
    amount,
    status,
    created as refunded_at,
    file_number,
    row_number
from sigma.refunds
