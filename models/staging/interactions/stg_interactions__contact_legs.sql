with versions as (
    select * from {{ ref("stg_interactions__contact_leg_versions") }}
),

current_rows as (
    {{ current_version("versions", ["leg_id"], "first_wins") }}
),

final as (
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
        wrap_seconds,
        batch
    from current_rows
)

select * from final
