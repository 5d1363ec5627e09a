with source as (
    select * from {{ source("interactions", "agent_activity") }}
),

renamed as (
    select
        activity_id,
        agent_id,
        state,
        started_at,
        ended_at,
        contact_id,
        coalesce(is_deleted, false) as is_deleted,
        batch,
        source_file,
        row_number
    from source
)

select * from renamed
