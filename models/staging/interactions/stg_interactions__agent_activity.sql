with source as (
    select * from {{ source("interactions", "agent_activity") }}
),

current_rows as (
    {{ current_version("source", ["activity_id"], "first_wins") }}
),

renamed as (
    select
        activity_id,
        agent_id,
        state,
        started_at,
        ended_at,
        contact_id,
        batch
    from current_rows
)

select * from renamed
