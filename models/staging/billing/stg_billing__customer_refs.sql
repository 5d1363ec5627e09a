with source as (
    select * from {{ source("billing", "customer_refs") }}
),

current_rows as (
    {{ current_version("source", ["ref_type", "ref_value", "customer_id"], "first_wins") }}
),

renamed as (
    select
        ref_type,
        ref_value,
        customer_id,
        valid_from,
        valid_to,
        batch
    from current_rows
)

select * from renamed
