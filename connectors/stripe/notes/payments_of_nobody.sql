select null as detail, count(*) as rows
from shape.one_off_payments
where
    stripe_customer_id is null
    and kind in ('one_off', 'invoiced')
    and getvariable('guest_payments') <> 'yes'
