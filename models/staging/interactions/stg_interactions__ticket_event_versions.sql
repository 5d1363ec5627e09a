with source as (
    select * from {{ source("interactions", "ticket_events") }}
),

renamed as (
    select
        event_id,
        ticket_id,
        event_at,
        event_type,
        agent_id,
        team,
        text,
        coalesce(is_deleted, false) as is_deleted,
        batch,
        source_file,
        row_number
    from source
)

select * from renamed
