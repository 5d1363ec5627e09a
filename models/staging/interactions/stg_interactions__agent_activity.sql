with versions as (
    select * from {{ ref("stg_interactions__agent_activity_versions") }}
),

current_rows as (
    {{ current_version("versions", ["activity_id"], "first_wins") }}
),

final as (
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

select * from final
