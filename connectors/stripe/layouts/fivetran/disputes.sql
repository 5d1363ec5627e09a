select
    id as dispute_id,
    charge_id,
    cast(null as varchar) as payment_intent_id,
    amount,
    currency,
    status,
    created as disputed_at,
    created as told_at,
    coalesce(livemode, true) as is_live,
    file_number,
    row_number
from fivetran.dispute
