-- What exports and events said of a credit note.
with observed as (
    select * from native.credit_notes
    union all by name
    select
        * replace (
            to_timestamp(created) as created,
            to_timestamp(effective_at) as effective_at
        )
    from (
        select
            livemode,
            file_number,
            row_number,
            unnest(from_json(data -> 'object', '{
                "id": "VARCHAR", "object": "VARCHAR", "customer": "VARCHAR", "invoice": "VARCHAR",
                "status": "VARCHAR", "currency": "VARCHAR", "total": "DECIMAL(18, 6)",
                "total_excluding_tax": "DECIMAL(18, 6)", "total_taxes": "JSON",
                "tax_amounts": "JSON", "created": "BIGINT", "effective_at": "BIGINT"
            }'))
        from native.events
        where data ->> '$.object.object' = 'credit_note'
    )
),

final as (
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
    from observed
    where object = 'credit_note'
)

select * from final
