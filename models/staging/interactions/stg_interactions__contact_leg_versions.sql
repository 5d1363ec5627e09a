with source as (
    select * from {{ source("interactions", "contact_legs") }}
),

renamed as (
    select
        leg_id,
        contact_id,
        agent_id,
        support_level,
        entry_type,
        started_at,
        ended_at,
        talk_seconds,
        hold_seconds,
        coalesce(wrap_seconds, 0) as wrap_seconds,
        coalesce(is_deleted, false) as is_deleted,
        batch,
        source_file,
        row_number
    from source
)

select * from renamed
