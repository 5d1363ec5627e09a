select null as detail, count(*) as rows
from shape.one_off_payments
where
    kind = 'one_off'
    and coalesce(try_cast(getvariable('payment_tax_percent') as double), 0) = 0
