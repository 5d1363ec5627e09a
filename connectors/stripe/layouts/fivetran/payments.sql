-- Money that was taken: charges, and payment intents whose charges were not exported.
select
    payment_intent_id,
    id as charge_id,
    customer_id as stripe_customer_id,
    amount,
    amount_refunded,
    currency,
    created as paid_at,
    try_cast(metadata as json) as metadata,
    coalesce(livemode, true) as is_live,
    file_number,
    row_number
from fivetran.charge
where status = 'succeeded' and coalesce(captured, true)
union all by name
select
    id as payment_intent_id,
    null as charge_id,
    customer_id as stripe_customer_id,
    amount_received as amount,
    null as amount_refunded,
    currency,
    created as paid_at,
    try_cast(metadata as json) as metadata,
    coalesce(livemode, true) as is_live,
    file_number,
    row_number
from fivetran.payment_intent
where status = 'succeeded' and amount_received > 0
