with source as (
    select * from {{ source("billing", "customers") }}
),

history as (
    {{ version_history("source", ["customer_id"]) }}
),

renamed as (
    select
        customer_id,
        segment,
        brand,
        valid_from,
        is_first_version
    from history
)

select * from renamed
