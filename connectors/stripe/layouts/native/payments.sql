-- Money that was taken: charges, and payment intents whose charges were not exported.
select
    coalesce(try_cast(payment_intent as json) ->> 'id', payment_intent) as payment_intent_id,
    id as charge_id,
    coalesce(try_cast(customer as json) ->> 'id', customer) as stripe_customer_id,
    coalesce(amount_captured, amount) as amount,
    amount_refunded,
    currency,
    created as paid_at,
    metadata,
    coalesce(livemode, true) as is_live,
    file_number,
    row_number
from native.charges
where object = 'charge' and status = 'succeeded' and coalesce(captured, true)
union all by name
select
    id as payment_intent_id,
    null as charge_id,
    coalesce(try_cast(customer as json) ->> 'id', customer) as stripe_customer_id,
    amount_received as amount,
    null as amount_refunded,
    currency,
    created as paid_at,
    metadata,
    coalesce(livemode, true) as is_live,
    file_number,
    row_number
from native.payment_intents
where object = 'payment_intent' and status = 'succeeded' and amount_received > 0
