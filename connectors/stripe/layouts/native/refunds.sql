select
    id as refund_id,
    coalesce(try_cast(charge as json) ->> 'id', charge) as charge_id,
    coalesce(try_cast(payment_intent as json) ->> 'id', payment_intent) as payment_intent_id,
    amount,
    status,
    created as refunded_at,
    file_number,
    row_number
from native.refunds
where object = 'refund'
union all by name
-- charges once carried their refunds
select
    refund ->> 'id' as refund_id,
    charges.id as charge_id,
    charges.payment_intent as payment_intent_id,
    cast(refund ->> 'amount' as double) as amount,
    refund ->> 'status' as status,
    to_timestamp(cast(refund ->> 'created' as bigint)) as refunded_at,
    charges.file_number,
    charges.row_number
from native.charges as charges
cross join unnest(cast(charges.refunds -> 'data' as json[])) as parts (refund)
