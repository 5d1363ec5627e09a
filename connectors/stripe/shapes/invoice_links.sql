-- Which payment paid which invoice, from whatever side it is said.
select invoice_id, charge_id, payment_intent_id from shape.recorded_invoice_payments
union
select invoice_id, charge_id, payment_intent_id
from shape.invoices
where charge_id is not null or payment_intent_id is not null
union
select
    invoice_id,
    coalesce(part ->> '$.payment.charge.id', part ->> '$.payment.charge'),
    coalesce(part ->> '$.payment.payment_intent.id', part ->> '$.payment.payment_intent')
from shape.invoices
cross join unnest(cast(payments as json[])) as parts (part)
