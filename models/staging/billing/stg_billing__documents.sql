with source as (
    select * from {{ source("billing", "documents") }}
),

current_rows as (
    {{ current_version("source", ["document_id"], "updated_at") }}
),

renamed as (
    select
        document_id,
        customer_id,
        document_type,
        issued_on,
        net_amount,
        coalesce(currency, 'EUR') as currency,
        is_paid,
        updated_at,
        batch
    from current_rows
)

select * from renamed
