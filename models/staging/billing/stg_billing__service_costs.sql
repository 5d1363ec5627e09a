with source as (
    select * from {{ source("billing", "service_costs") }}
),

current_rows as (
    {{ current_version("source", ["cost_month", "channel", "cost_type"], "last_wins") }}
),

renamed as (
    select
        cost_month,
        channel,
        cost_type,
        amount_eur,
        batch
    from current_rows
)

select * from renamed
