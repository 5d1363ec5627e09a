select
    coalesce(try_cast(invoice as json) ->> 'id', invoice) as invoice_id,
    coalesce(payment ->> '$.charge.id', payment ->> 'charge') as charge_id,
    coalesce(payment ->> '$.payment_intent.id', payment ->> 'payment_intent') as payment_intent_id
from native.invoice_payments
union
select
    coalesce(try_cast(invoice as json) ->> 'id', invoice),
    id,
    null
from native.charges
where invoice is not null
union
select
    coalesce(try_cast(invoice as json) ->> 'id', invoice),
    null,
    id
from native.payment_intents
where invoice is not null
