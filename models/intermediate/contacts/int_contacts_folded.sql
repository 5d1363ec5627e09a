-- a view: read once, by the next step, and too wide to be written on the way
{{ config(materialized = "view") }}
-- A callback or a continuation is folded into the contact it follows: its legs and its end count
-- there, and the contact is handled as soon as one of them was answered.
with members as (
    select
        contacts.*,
        {{ is_live_channel("contacts") }} as is_live_channel
    from {{ ref("int_contact_members") }} as contacts
    left join {{ ref("channels") }} as channels
        on contacts.channel = channels.channel
),

legs as (
    select * from {{ ref("int_contact_legs_summed") }}
),

platforms_with_legs as (
    select * from {{ ref("int_platforms_with_legs") }}
),

-- A platform that records no legs still records when a live conversation began and ended.
members_timed as (
    select
        members.*,
        case
            when platforms_with_legs.channel is null and members.is_live_channel
                then {{ seconds_between("members.answered_at", "members.ended_at") }}
        end as talk_seconds_without_legs
    from members
    left join platforms_with_legs
        on
            members.channel = platforms_with_legs.channel
            and coalesce(members.brand, 'unknown') = platforms_with_legs.brand
            and coalesce(members.site, 'unknown') = platforms_with_legs.site
),

families as (
    select
        root_contact_id,
        max(ended_at) as ended_at,
        bool_or(disposition = 'answered') as is_handled,
        sum(talk_seconds_without_legs) as talk_seconds_without_legs,
        count(*) - 1 as folded_contact_count,
        min(ticket_id) as ticket_id,
        max(batch) as batch
    from members_timed
    group by 1
),

final as (
    select
        roots.contact_id,
        'contact' as contact_source,
        roots.customer_ref,
        roots.customer_ref_type,
        roots.channel,
        roots.direction,
        roots.initiated_by,
        roots.reason,
        roots.queue,
        roots.team,
        roots.brand,
        roots.site,
        roots.queue_entered_at,
        roots.answered_at,
        families.ended_at,
        coalesce(
            roots.wait_seconds,
            case
                when roots.disposition = 'answered'
                    then {{ seconds_between("roots.queue_entered_at", "roots.answered_at") }}
                else {{ seconds_between("roots.queue_entered_at", "roots.ended_at") }}
            end
        ) as wait_seconds,
        roots.disposition,
        roots.is_internal,
        roots.is_test,
        roots.is_spam,
        coalesce(roots.ticket_id, families.ticket_id) as ticket_id,
        roots.is_live_channel,
        families.is_handled,
        families.folded_contact_count,
        coalesce(legs.leg_count, 0) as leg_count,
        coalesce(legs.agent_count, 0) as agent_count,
        legs.last_agent_id,
        coalesce(legs.transfer_count, 0) as transfer_count,
        coalesce(legs.is_escalated, false) as is_escalated_by_leg,
        coalesce(legs.talk_seconds, 0) + coalesce(families.talk_seconds_without_legs, 0)
            as talk_seconds,
        coalesce(legs.hold_seconds, 0) as hold_seconds,
        coalesce(legs.wrap_seconds, 0) as wrap_seconds,
        coalesce(
            legs.has_missing_talk,
            families.talk_seconds_without_legs is null
        ) as has_missing_talk,
        families.batch
    from members_timed as roots
    inner join families
        on roots.contact_id = families.root_contact_id
    left join legs
        on roots.contact_id = legs.root_contact_id
)

select * from final
