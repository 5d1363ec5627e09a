-- What a customer bought, was billed, and did with a subscription. Test orders are none of that.
with run as (
    select * from {{ ref("int_run_observed") }}
),

orders as (
    select
        'billing.orders' as source,
        order_id as reference_id,
        case when status = 'cancelled' then 'order_cancelled' else 'order_placed' end
            as event_type,
        ordered_at as event_at,
        customer_id,
        brand,
        contact_id,
        case when is_automatic then 'automatic' else status end as outcome,
        case when status <> 'cancelled' then net_amount_eur end as value_eur,
        is_test as is_excluded
    from {{ ref("orders") }}
),

refunds as (
    select
        'billing.orders',
        orders.order_id,
        'order_refunded',
        orders.refunded_at,
        orders.customer_id,
        orders.brand,
        orders.contact_id,
        orders.status,
        -1 * orders.refunded_amount_eur,
        orders.is_test
    from {{ ref("orders") }} as orders
    cross join run
    where orders.refunded_at <= run.as_of
),

documents as (
    select
        'billing.documents',
        documents.document_id,
        case documents.document_type
            when 'credit_note' then 'credit_note_issued' else 'invoice_issued'
        end,
        {{ local_midnight("documents.issued_on", "run.business_time_zone") }},
        documents.customer_id,
        documents.brand,
        cast(null as varchar),
        case when documents.is_paid then 'paid' when not documents.is_paid then 'unpaid' end,
        documents.signed_amount_eur,
        documents.is_excluded
    from {{ ref("documents") }} as documents
    cross join run
),

subscriptions as (
    select
        'billing.subscription_events',
        events.event_id,
        'subscription_' || events.event_type,
        events.effective_at,
        {{ surviving_customer("events") }},
        coalesce(customers.brand, 'unknown'),
        events.contact_id,
        coalesce(events.offer, events.reason, events.plan),
        cast(null as decimal(18, 2)),
        coalesce(customers.is_test or customers.is_staff, false)
    from {{ ref("stg_billing__subscription_events") }} as events
    cross join run
    left join {{ ref("int_customer_survivors_resolved") }} as survivors
        on events.customer_id = survivors.customer_id
    left join {{ ref("customers") }} as customers
        on {{ surviving_customer("events") }} = customers.customer_id
    -- an end may be announced months ahead
    where events.effective_at <= run.as_of
),

events as (
    select * from orders
    union all
    select * from refunds
    union all
    select * from documents
    union all
    select * from subscriptions
),

final as (
    select
        events.source,
        events.reference_id,
        events.event_type,
        events.event_at,
        events.event_at as over_at,
        events.customer_id,
        events.outcome,
        events.brand,
        coalesce(roots.root_contact_id, events.contact_id) as contact_id,
        events.value_eur,
        events.is_excluded
    from events
    left join {{ ref("int_contact_roots") }} as roots
        on events.contact_id = roots.contact_id
    where
        {{ of_changed_persons("events.customer_id") }}
        or {{ of_changed_strands("events.contact_id") }}
)

select * from final
