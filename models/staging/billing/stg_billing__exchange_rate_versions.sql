with source as (
    select * from {{ source("billing", "exchange_rates") }}
),

renamed as (
    select
        rate_date,
        currency,
        units_per_eur,
        coalesce(is_deleted, false) as is_deleted,
        batch
    from source
)

select * from renamed
