select null as detail, count(*) as rows
from shape.one_off_payments as payments
left join shape.refunds_of_payments as refunds
    on payments.payment_id = refunds.payment_id
where
    payments.kind = 'subscription'
    and coalesce(refunds.refunded, payments.amount_refunded, 0) > 0
    and payments.invoice_id is not null
    and payments.invoice_id not in (
        select invoice_id from shape.credit_notes_known
        where status <> 'void' and invoice_id is not null
    )
