with source as (
    select * from {{ source("steering", "dashboard_views") }}
),

current_rows as (
    {{ current_version("source", ["view_id"], "first_wins") }}
),

renamed as (
    select
        view_id,
        dashboard,
        role,
        viewer_ref,
        viewed_at,
        batch
    from current_rows
)

select * from renamed
