-- One row per payment, with what it is: 'subscription' (of an invoice of one), 'invoiced' (of
-- another invoice), 'looks_invoiced' (an invoice of the customer for as much was paid that day, and
-- nothing says by what), else 'one_off'.
with payments as (
    select
        *,
        coalesce(payment_intent_id, charge_id) as payment_id
    from shape.payments
    where is_live or getvariable('include_test_mode') = 'yes'
    qualify
        row_number() over (
            partition by coalesce(payment_intent_id, charge_id)
            order by charge_id is null, file_number desc, row_number desc
        ) = 1
),

linked as (
    select
        payments.payment_id,
        min(links.invoice_id) as invoice_id
    from payments
    inner join shape.invoice_links as links
        on payments.charge_id = links.charge_id
    group by 1
    union
    select
        payments.payment_id,
        min(links.invoice_id)
    from payments
    inner join shape.invoice_links as links
        on payments.payment_intent_id = links.payment_intent_id
    group by 1
),

by_invoice as (
    select payment_id, min(invoice_id) as invoice_id from linked group by 1
),

-- invoices of which nobody says by what they were paid
unlinked as (
    select *
    from shape.invoices_known
    where
        status = 'paid'
        and amount_paid > 0
        and invoice_id not in (select invoice_id from by_invoice)
),

alike as (
    select distinct payments.payment_id
    from payments
    inner join unlinked
        on
            payments.stripe_customer_id = unlinked.stripe_customer_id
            and payments.amount = unlinked.amount_paid
            and payments.currency = unlinked.currency
            and abs(epoch(payments.paid_at) - epoch(unlinked.paid_at)) <= 86400
    anti join by_invoice
        on payments.payment_id = by_invoice.payment_id
),

final as (
    select
        payments.* exclude (payment_id),
        payments.payment_id,
        invoices.invoice_id,
        invoices.total as invoice_total,
        invoices.net as invoice_net,
        case
            when alike.payment_id is not null then 'looks_invoiced'
            when by_invoice.invoice_id is null then 'one_off'
            when invoices.invoice_id is null then 'subscription'
            when
                invoices.subscription_id is not null
                or invoices.billing_reason like 'subscription%'
                then 'subscription'
            else 'invoiced'
        end as kind
    from payments
    left join by_invoice
        on payments.payment_id = by_invoice.payment_id
    left join shape.invoices_known as invoices
        on by_invoice.invoice_id = invoices.invoice_id
    left join alike
        on payments.payment_id = alike.payment_id
)

select * from final
