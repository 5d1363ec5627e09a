with source as (
    select * from {{ source("billing", "orders") }}
),

current_rows as (
    {{ current_version("source", ["order_id"], "updated_at") }}
),

renamed as (
    select
        order_id,
        customer_id,
        ordered_at,
        net_amount,
        coalesce(currency, 'EUR') as currency,
        status,
        refunded_amount,
        refunded_at,
        coalesce(is_automatic, false) as is_automatic,
        contact_id,
        coalesce(is_test, false) as is_test,
        updated_at,
        batch
    from current_rows
)

select * from renamed
