-- Issued invoices and credit notes, before VAT. An invoice below zero gives back; one that was
-- voided, and a credit note likewise, disappears again.
with invoices as (
    select
        invoice_id as document_id,
        stripe_customer_id,
        case when net < 0 then 'credit_note' else 'invoice' end as document_type,
        issued_at,
        abs(net) as net,
        currency,
        -- what gives back is paid by nobody
        case when net >= 0 and status <> 'void' then status = 'paid' end as is_paid,
        status = 'void' as is_deleted
    from shape.invoices_known
    where status in ('open', 'paid', 'uncollectible', 'void')
),

credit_notes as (
    select
        notes.credit_note_id as document_id,
        coalesce(notes.stripe_customer_id, invoices.stripe_customer_id) as stripe_customer_id,
        'credit_note' as document_type,
        notes.issued_at,
        -- where a credit note does not say its VAT, it has that of its invoice
        abs(
            coalesce(
                notes.net, notes.total * invoices.net / nullif(invoices.total, 0), notes.total
            )
        ) as net,
        notes.currency,
        notes.status = 'void' as is_deleted
    from shape.credit_notes_known as notes
    left join shape.invoices_known as invoices
        on notes.invoice_id = invoices.invoice_id
    where notes.status in ('issued', 'void')
),

lost as (
    select
        dispute_id as document_id,
        stripe_customer_id,
        'credit_note' as document_type,
        disputed_at as issued_at,
        coalesce(amount * invoice_net / nullif(invoice_total, 0), amount) as net,
        currency,
        false as is_deleted
    from shape.disputes_lost
    where
        counts_as = 'credit_note'
        and getvariable('lost_disputes') = 'yes'
),

documents as (
    select * from invoices
    union all by name
    select * from credit_notes
    where stripe_customer_id is not null
    union all by name
    select * from lost
),

final as (
    select
        documents.document_id,
        coalesce(customer_ids.customer_id, documents.stripe_customer_id) as customer_id,
        documents.document_type,
        cast(timezone(getvariable('document_time_zone'), documents.issued_at) as date) as issued_on,
        cast(round(documents.net / coalesce(currencies.units, 100), 4) as decimal(18, 4))
            as net_amount,
        upper(documents.currency) as currency,
        documents.is_paid,
        documents.is_deleted
    from documents
    left join shape.customer_ids as customer_ids
        on documents.stripe_customer_id = customer_ids.stripe_id
    left join shape.currencies as currencies
        on lower(documents.currency) = currencies.currency
)

select * from final
