-- What was taken back of a payment by the bank: disputes that were lost. The money left when the
-- dispute began. One that is over does not open again, whichever file says so.
with newest as (
    select *
    from shape.disputes
    where is_live or getvariable('include_test_mode') = 'yes'
    qualify
        row_number() over (
            partition by dispute_id
            order by
                status in ('won', 'lost') desc,
                told_at desc,
                file_number desc,
                row_number desc
        ) = 1
)

select
    newest.dispute_id,
    newest.amount,
    newest.disputed_at,
    payments.payment_id,
    payments.kind,
    payments.stripe_customer_id,
    payments.currency,
    payments.invoice_total,
    payments.invoice_net
from newest
inner join shape.one_off_payments as payments
    on newest.charge_id = payments.charge_id
where newest.status = 'lost'
union all
-- payments whose charge was not exported
select
    newest.dispute_id,
    newest.amount,
    newest.disputed_at,
    payments.payment_id,
    payments.kind,
    payments.stripe_customer_id,
    payments.currency,
    payments.invoice_total,
    payments.invoice_net
from newest
inner join shape.one_off_payments as payments
    on newest.payment_intent_id = payments.payment_intent_id
where
    newest.status = 'lost'
    and payments.charge_id is null
