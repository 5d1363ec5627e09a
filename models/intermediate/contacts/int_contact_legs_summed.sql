-- One contact, several legs: what its agents did, from the first leg of the first member to the
-- last leg of the last.
with members as (
    select
        contact_id,
        root_contact_id
    from {{ ref("int_contact_members") }}
),

-- a deletion may come with its key alone: it is found by the leg, not by the contact
legs_of_touched as (
    select legs.leg_id
    from {{ ref("stg_interactions__contact_leg_versions") }} as legs
    inner join {{ ref("int_contacts_touched") }} as touched
        on legs.contact_id = touched.contact_id
),

versions as (
    select legs.*
    from {{ ref("stg_interactions__contact_leg_versions") }} as legs
    where legs.leg_id in (select legs_of_touched.leg_id from legs_of_touched)
),

current_legs as (
    {{ current_version("versions", ["leg_id"], "first_wins") }}
),

ordered as (
    select
        legs.*,
        members.root_contact_id,
        row_number() over (
            partition by legs.contact_id
            order by legs.started_at, legs.leg_id
        ) as leg_of_contact,
        max(legs.support_level) over (
            partition by members.root_contact_id
            order by legs.started_at, legs.leg_id
            rows between unbounded preceding and 1 preceding
        ) as highest_earlier_level
    from current_legs as legs
    inner join members
        on legs.contact_id = members.contact_id
),

typed as (
    select
        *,
        coalesce(entry_type, case when leg_of_contact = 1 then 'queue' else 'transfer' end)
            as effective_entry_type
    from ordered
),

final as (
    select
        root_contact_id,
        count(*) as leg_count,
        count(distinct agent_id) as agent_count,
        sum(talk_seconds) as talk_seconds,
        sum(coalesce(hold_seconds, 0)) as hold_seconds,
        sum(coalesce(wrap_seconds, 0)) as wrap_seconds,
        coalesce(bool_or(talk_seconds is null), false) as has_missing_talk,
        -- a hand-over to a higher level is a transfer too; a consult is none
        sum(case when effective_entry_type in ('transfer', 'escalation') then 1 else 0 end)
            as transfer_count,
        coalesce(
            bool_or(
                effective_entry_type = 'escalation'
                or support_level > highest_earlier_level
            ),
            false
        ) as is_escalated
    from typed
    group by 1
)

select * from final
