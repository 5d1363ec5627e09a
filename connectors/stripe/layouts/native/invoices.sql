-- What exports and events said of an invoice, and since when it was so: an event has an instant of
-- its own, an export is at least as old as the last change that the invoice tells of.
with told as (
    select
        created as told_at,
        livemode,
        file_number,
        row_number,
        unnest(from_json(data -> 'object', '{
            "id": "VARCHAR", "object": "VARCHAR", "customer": "VARCHAR", "status": "VARCHAR",
            "currency": "VARCHAR", "total": "DECIMAL(18, 6)",
            "total_excluding_tax": "DECIMAL(18, 6)", "tax": "DECIMAL(18, 6)",
            "total_taxes": "JSON", "total_tax_amounts": "JSON", "amount_paid": "DECIMAL(18, 6)",
            "billing_reason": "VARCHAR", "subscription": "VARCHAR", "parent": "JSON",
            "created": "BIGINT", "date": "BIGINT", "effective_at": "BIGINT",
            "status_transitions": "JSON", "charge": "VARCHAR", "payment_intent": "VARCHAR",
            "payments": "JSON"
        }'))
    from native.events
    -- an announced invoice has no number yet
    where data ->> '$.object.object' = 'invoice' and (data ->> '$.object.id') is not null
),

observed as (
    select * from native.invoices
    union all by name
    select
        * exclude (date) replace (
            to_timestamp(coalesce(created, date)) as created,
            to_timestamp(effective_at) as effective_at
        )
    from told
),

final as (
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
        coalesce(to_timestamp(cast(status_transitions ->> 'paid_at' as bigint)), created)
            as paid_at,
        greatest(
            told_at,
            created,
            to_timestamp(
                list_max(cast(json_extract_string(status_transitions, '$.*') as bigint[]))
            )
        ) as seen_at,
        coalesce(try_cast(charge as json) ->> 'id', charge) as charge_id,
        coalesce(try_cast(payment_intent as json) ->> 'id', payment_intent) as payment_intent_id,
        payments -> 'data' as payments,
        coalesce(livemode, true) as is_live,
        file_number,
        row_number
    from observed
    where object = 'invoice'
)

select * from final
