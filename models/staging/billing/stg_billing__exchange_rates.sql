with source as (
    select * from {{ source("billing", "exchange_rates") }}
),

current_rows as (
    {{ current_version("source", ["rate_date", "currency"], "last_wins") }}
),

renamed as (
    select
        rate_date,
        currency,
        units_per_eur,
        batch
    from current_rows
)

select * from renamed
