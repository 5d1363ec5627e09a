select
    id as invoice_id,
    coalesce(try_cast(customer as json) ->> 'id', customer) as stripe_customer_id,
    status,
    currency,
    total,
    coalesce(
        total_excluding_tax,
        total - coalesce(
            tax,
            list_sum(cast(total_taxes ->> '$[*].amount' as double[])),
            list_sum(cast(total_tax_amounts ->> '$[*].amount' as double[])),
            0
        )
    ) as net,
    amount_paid,
    coalesce(
        try_cast(subscription as json) ->> 'id',
        subscription,
        parent ->> '$.subscription_details.subscription'
    ) as subscription_id,
    coalesce(billing_reason, '') as billing_reason,
    coalesce(
        effective_at,
        to_timestamp(cast(status_transitions ->> 'finalized_at' as bigint)),
        created
    ) as issued_at,
    coalesce(to_timestamp(cast(status_transitions ->> 'paid_at' as bigint)), created) as paid_at,
    created as seen_at,
    coalesce(try_cast(charge as json) ->> 'id', charge) as charge_id,
    coalesce(try_cast(payment_intent as json) ->> 'id', payment_intent) as payment_intent_id,
    payments -> 'data' as payments,
    coalesce(livemode, true) as is_live,
    file_number,
    row_number
from native.invoices
where object = 'invoice'
