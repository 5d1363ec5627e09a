with source as (
    select * from {{ source("billing", "customers") }}
),

current_rows as (
    {{ current_version("source", ["customer_id"], "updated_at") }}
),

renamed as (
    select
        customer_id,
        email,
        phone,
        segment,
        country,
        brand,
        created_at,
        closed_at,
        coalesce(is_test, false) as is_test,
        coalesce(is_staff, false) as is_staff,
        coalesce(is_scoring_opt_out, false) as is_scoring_opt_out,
        updated_at,
        batch
    from current_rows
)

select * from renamed
