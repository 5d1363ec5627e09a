select
    id as invoice_id,
    customer_id as stripe_customer_id,
    status,
    currency,
    total,
    total - coalesce(tax, 0) as net,
    amount_paid,
    subscription_id,
    coalesce(billing_reason, '') as billing_reason,
    coalesce(effective_at, status_transitions_finalized_at, created) as issued_at,
    coalesce(status_transitions_finalized_at, created) as paid_at,
    created as seen_at,
    charge_id,
    payment_intent_id,
    coalesce(livemode, true) as is_live,
    file_number,
    row_number
from sigma.invoices
