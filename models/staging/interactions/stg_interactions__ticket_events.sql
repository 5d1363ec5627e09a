with versions as (
    select * from {{ ref("stg_interactions__ticket_event_versions") }}
),

current_rows as (
    {{ current_version("versions", ["event_id"], "first_wins") }}
),

final as (
    select
        event_id,
        ticket_id,
        event_at,
        event_type,
        agent_id,
        team,
        text,
        batch
    from current_rows
)

select * from final
