-- What agents did in the changed contacts, each leg with the contact that it counts in.
with members as (
    select
        contact_id,
        root_contact_id
    from {{ ref("int_contact_members") }}
),

-- a deletion may come with its key alone: it is found by the leg, not by the contact
legs_of_changed as (
    select legs.leg_id
    from {{ ref("stg_interactions__contact_leg_versions") }} as legs
    inner join {{ ref("int_contacts_changed") }} as changed
        on legs.contact_id = changed.contact_id
),

versions as (
    select legs.*
    from {{ ref("stg_interactions__contact_leg_versions") }} as legs
    where legs.leg_id in (select legs_of_changed.leg_id from legs_of_changed)
),

current_legs as (
    {{ current_version("versions", ["leg_id"], "first_wins") }}
),

final as (
    select
        current_legs.leg_id,
        current_legs.contact_id,
        members.root_contact_id,
        current_legs.agent_id,
        current_legs.support_level,
        current_legs.entry_type,
        current_legs.started_at,
        current_legs.talk_seconds,
        current_legs.hold_seconds,
        coalesce(current_legs.wrap_seconds, 0) as wrap_seconds
    from current_legs
    inner join members
        on current_legs.contact_id = members.contact_id
)

select * from final
