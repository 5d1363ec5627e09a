-- Sales that no subscription bills: paid at once, or by an invoice of their own. What belongs to a
-- subscription is in documents.
with lost as (
    select
        payment_id,
        sum(amount) as amount,
        max(disputed_at) as disputed_at
    from shape.disputes_lost
    where
        counts_as = 'refund'
        and getvariable('lost_disputes') = 'yes'
    group by payment_id
),

payments as (
    select
        payments.*,
        coalesce(refunds.refunded, payments.amount_refunded, 0) + coalesce(lost.amount, 0)
            as refunded,
        greatest(refunds.refunded_at, lost.disputed_at) as refunded_at,
        -- one unit of the currency before VAT, in what Stripe writes
        coalesce(currencies.units, 100) * coalesce(
            payments.invoice_total / nullif(payments.invoice_net, 0),
            1 + coalesce(try_cast(getvariable('payment_tax_percent') as double), 0) / 100
        ) as unit
    from shape.one_off_payments as payments
    left join shape.refunds_of_payments as refunds
        on payments.payment_id = refunds.payment_id
    left join lost
        on payments.payment_id = lost.payment_id
    left join shape.currencies as currencies
        on lower(payments.currency) = currencies.currency
    where
        payments.kind in ('one_off', 'invoiced')
        and (payments.stripe_customer_id is not null or getvariable('guest_payments') = 'yes')
),

final as (
    select
        payments.payment_id as order_id,
        coalesce(
            customer_ids.customer_id, payments.stripe_customer_id, 'guest/' || payments.payment_id
        ) as customer_id,
        payments.paid_at as ordered_at,
        cast(round(payments.amount / payments.unit, 4) as decimal(18, 4)) as net_amount,
        upper(payments.currency) as currency,
        case when payments.refunded > 0 then 'refunded' else 'paid' end as status,
        case
            when payments.refunded > 0
                then cast(round(payments.refunded / payments.unit, 4) as decimal(18, 4))
        end as refunded_amount,
        case when payments.refunded > 0 then payments.refunded_at end as refunded_at,
        false as is_automatic,
        nullif(payments.metadata ->> nullif(getvariable('contact_metadata_key'), ''), '')
            as contact_id,
        greatest(payments.paid_at, payments.refunded_at) as updated_at
    from payments
    left join shape.customer_ids as customer_ids
        on payments.stripe_customer_id = customer_ids.stripe_id
)

select * from final
