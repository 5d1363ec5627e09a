with source as (
    select * from {{ source("billing", "subscription_events") }}
),

current_rows as (
    {{ current_version("source", ["event_id"], "updated_at") }}
),

renamed as (
    select
        event_id,
        subscription_id,
        customer_id,
        event_type,
        effective_at,
        plan,
        amount,
        coalesce(billing_interval, 'month') as billing_interval,
        coalesce(currency, 'EUR') as currency,
        coalesce(status, 'active') as status,
        reason,
        offer,
        offer_cost_eur,
        contact_id,
        updated_at,
        batch
    from current_rows
)

select * from renamed
