with source as (
    select * from {{ source("billing", "customers") }}
),

history as (
    {{ version_history("source", ["customer_id"]) }}
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
        valid_from,
        valid_to,
        is_first_version,
        batch
    from history
)

select * from renamed
