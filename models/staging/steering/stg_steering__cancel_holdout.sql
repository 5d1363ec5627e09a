with source as (
    select * from {{ source("steering", "cancel_holdout") }}
),

current_rows as (
    {{ current_version("source", ["customer_id"], "first_wins") }}
),

renamed as (
    select
        customer_id,
        assigned_on,
        batch
    from current_rows
)

select * from renamed
