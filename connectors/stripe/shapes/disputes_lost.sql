-- What was taken back of a payment by the bank: disputes that were lost. The money left when the
-- dispute began. One that is over does not open again, whichever file says so. `counts_as` is what
-- it can be in the landing tables: null where its payment, or who paid, is not known.
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
),

lost as (
    select * from newest
    where status = 'lost'
),

paid as (
    select
        lost.dispute_id,
        payments.*
    from lost
    inner join shape.one_off_payments as payments
        on lost.charge_id = payments.charge_id
    union all
    -- payments whose charge was not exported
    select
        lost.dispute_id,
        payments.*
    from lost
    inner join shape.one_off_payments as payments
        on lost.payment_intent_id = payments.payment_intent_id
    where payments.charge_id is null
)

select
    lost.dispute_id,
    lost.amount,
    lost.disputed_at,
    paid.payment_id,
    paid.stripe_customer_id,
    paid.currency,
    paid.invoice_total,
    paid.invoice_net,
    case
        when
            paid.kind in ('one_off', 'invoiced')
            and (paid.stripe_customer_id is not null or getvariable('guest_payments') = 'yes')
            then 'refund'
        when
            paid.kind in ('subscription', 'looks_invoiced') and paid.stripe_customer_id is not null
            then 'credit_note'
    end as counts_as
from lost
left join paid
    on lost.dispute_id = paid.dispute_id
