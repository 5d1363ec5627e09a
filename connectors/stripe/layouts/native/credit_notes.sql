select
    id as credit_note_id,
    coalesce(try_cast(customer as json) ->> 'id', customer) as stripe_customer_id,
    coalesce(try_cast(invoice as json) ->> 'id', invoice) as invoice_id,
    status,
    currency,
    total,
    coalesce(
        total_excluding_tax,
        total - coalesce(
            list_sum(cast(total_taxes ->> '$[*].amount' as double[])),
            list_sum(cast(tax_amounts ->> '$[*].amount' as double[]))
        )
    ) as net,
    coalesce(effective_at, created) as issued_at,
    coalesce(livemode, true) as is_live,
    file_number,
    row_number
from native.credit_notes
where object = 'credit_note'
