with source as (
    select * from {{ source("steering", "dashboard_users") }}
),

current_rows as (
    {{ current_version("source", ["viewer_ref", "role", "entitled_from"], "last_wins") }}
),

renamed as (
    select
        viewer_ref,
        role,
        entitled_from,
        entitled_to,
        batch
    from current_rows
)

select * from renamed
