with source as (
    select * from {{ source("billing", "customer_merges") }}
),

current_rows as (
    {{ current_version("source", ["merged_customer_id"], "first_wins") }}
),

renamed as (
    select
        merged_customer_id,
        survivor_customer_id,
        merged_at,
        batch
    from current_rows
)

select * from renamed
