-- a view: read once, by the next step, and too wide to be written on the way
{{ config(materialized = "view") }}
-- A callback or a continuation is folded into the contact it follows: its legs and its end count
-- there, and the contact is handled as soon as one of them was answered. What the first record does
-- not say the next one does; and the first that reached a queue of agents says how it went there: a
-- bot that hands over is the beginning of a contact, not its end.
with members as (
    select
        contacts.*,
        {{ is_live_channel("contacts") }} as is_live_channel,
        row_number() over (
            partition by contacts.root_contact_id
            order by
                case when contacts.contact_id = contacts.root_contact_id then 0 else 1 end,
                contacts.queue_entered_at,
                contacts.contact_id
        ) as member_number,
        coalesce({{ is_automated("contacts") }}, false) as is_automated
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
            when
                platforms_with_legs.channel is null
                and members.is_live_channel
                and not members.is_automated
                then {{ seconds_between("members.answered_at", "members.ended_at") }}
        end as talk_seconds_without_legs
    from members
    left join platforms_with_legs
        on
            members.channel = platforms_with_legs.channel
            and coalesce(members.brand, 'unknown') = platforms_with_legs.brand
            and coalesce(members.site, 'unknown') = platforms_with_legs.site
),

begun as (
    select
        *,
        max(case when contact_id = root_contact_id then queue_entered_at end)
            over (partition by root_contact_id) as began_at
    from members_timed
),

placed as (
    select
        *,
        -- nobody waits in a queue for the company's own call, nor before the contact began
        min(
            case
                when
                    direction = 'inbound'
                    and not is_automated
                    and disposition is not null
                    and {{ follows("queue_entered_at", "began_at") }}
                    then member_number
            end
        ) over (partition by root_contact_id) as first_in_queue
    from begun
),

families as (
    select
        root_contact_id,
        max(ended_at) as ended_at,
        bool_or(disposition = 'answered') as is_handled,
        -- ringing is not talking, and whoever rings again was not called back
        min(
            case
                when
                    contact_id <> root_contact_id
                    and (direction = 'outbound' or initiated_by = 'company')
                    and disposition = 'answered'
                    then coalesce(answered_at, queue_entered_at)
            end
        ) as called_back_at,
        sum(talk_seconds_without_legs) as talk_seconds_without_legs,
        count(*) - 1 as folded_contact_count,
        min(ticket_id) as ticket_id,
        min_by(customer_ref, case when customer_ref is not null then member_number end)
            as customer_ref,
        min_by(customer_ref_type, case when customer_ref is not null then member_number end)
            as customer_ref_type,
        {%- for attribute in ["reason", "queue", "team", "brand", "site"] %}
        min_by({{ attribute }}, case when {{ attribute }} is not null then member_number end)
            as {{ attribute }},
        {%- endfor %}
        max(case when contact_id = root_contact_id then team end) as own_team,
        coalesce(max(first_in_queue), 1) as first_in_queue,
        -- of a menu and a bot, that which had the customer last
        max_by(
            disposition,
            case
                when
                    is_automated
                    and direction = 'inbound'
                    and coalesce(member_number < first_in_queue, true)
                    then member_number
            end
        ) as automated_disposition,
        max(batch) as batch
    from placed
    group by 1
),

final as (
    select
        roots.contact_id,
        'contact' as contact_source,
        families.customer_ref,
        families.customer_ref_type,
        roots.channel,
        roots.direction,
        roots.initiated_by,
        families.reason,
        families.queue,
        -- who gave up before anybody answered was in the hands of no team but that of the beginning
        case when families.is_handled then families.team else families.own_team end as team,
        families.brand,
        families.site,
        roots.queue_entered_at,
        greatest(queued.queue_entered_at, roots.queue_entered_at) as agents_queue_entered_at,
        -- one that followed a moment before, by its own clock, was not answered before it all began
        case
            when
                queued.contact_id <> roots.contact_id
                and queued.answered_at < roots.queue_entered_at
                then roots.queue_entered_at
            else queued.answered_at
        end as answered_at,
        families.ended_at,
        coalesce(
            queued.wait_seconds,
            case
                when queued.disposition = 'answered'
                    then {{ seconds_between("queued.queue_entered_at", "queued.answered_at") }}
                else {{ seconds_between("queued.queue_entered_at", "queued.ended_at") }}
            end
        ) as wait_seconds,
        queued.disposition,
        families.automated_disposition,
        roots.is_internal,
        roots.is_test,
        roots.is_spam,
        coalesce(roots.ticket_id, families.ticket_id) as ticket_id,
        roots.is_live_channel,
        families.is_handled,
        families.called_back_at,
        families.folded_contact_count,
        coalesce(legs.leg_count, 0) as leg_count,
        coalesce(legs.agent_count, 0) as agent_count,
        legs.last_agent_id,
        coalesce(legs.transfer_count, 0) as transfer_count,
        coalesce(legs.is_escalated, false) as is_escalated_by_leg,
        coalesce(legs.talk_seconds, 0) + coalesce(families.talk_seconds_without_legs, 0)
            as talk_seconds,
        legs.hold_seconds,
        coalesce(legs.wrap_seconds, 0) as wrap_seconds,
        coalesce(
            legs.has_missing_talk,
            families.talk_seconds_without_legs is null
        ) as has_missing_talk,
        families.batch
    from members_timed as roots
    inner join families
        on roots.contact_id = families.root_contact_id
    inner join members_timed as queued
        on
            families.root_contact_id = queued.root_contact_id
            and families.first_in_queue = queued.member_number
    left join legs
        on roots.contact_id = legs.root_contact_id
)

select * from final
