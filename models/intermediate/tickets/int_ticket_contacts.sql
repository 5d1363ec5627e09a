-- A ticket that a customer opened, and to which no contact of a customer refers, stands for one
-- deferred contact: received when it was created, handled from its first public reply by a person.
-- The company's own calls about a ticket, tests and the like stand for nothing that a customer did.
with versions as (
    select versions.*
    from {{ ref("stg_interactions__ticket_versions") }} as versions
    inner join {{ ref("int_contacts_changed") }} as changed
        on {{ ticket_contact_id("versions.ticket_id") }} = changed.contact_id
),

current_tickets as (
    {{ current_version("versions", ["ticket_id"], "updated_at") }}
),

tickets as (
    select * from current_tickets
    where
        coalesce(created_by, 'customer') = 'customer'
        and not is_spam
        and merged_into_ticket_id is null
),

-- a callback that was folded speaks for the contact that it follows
contacts_with_ticket as (
    select distinct members.ticket_id
    from {{ ref("int_contact_members") }} as members
    inner join {{ ref("int_contact_members") }} as roots
        on members.root_contact_id = roots.contact_id
    where
        members.ticket_id is not null
        and {{ is_customer_contact("roots") }}
),

milestones as (
    select * from {{ ref("int_ticket_milestones") }}
),

final as (
    select
        {{ ticket_contact_id("tickets.ticket_id") }} as contact_id,
        'ticket' as contact_source,
        tickets.customer_ref,
        tickets.customer_ref_type,
        tickets.channel,
        'inbound' as direction,
        'customer' as initiated_by,
        tickets.reason,
        cast(null as varchar) as queue,
        tickets.team,
        tickets.brand,
        cast(null as varchar) as site,
        tickets.created_at as queue_entered_at,
        tickets.created_at as agents_queue_entered_at,
        milestones.first_public_reply_at as answered_at,
        case
            -- solved in silence before the first reply: the exchange ended with the last reply
            when milestones.last_solved_at < milestones.first_public_reply_at
                then milestones.last_public_reply_at
            else coalesce(milestones.last_solved_at, milestones.last_public_reply_at)
        end as ended_at,
        {{ seconds_between("tickets.created_at", "milestones.first_public_reply_at") }}
            as wait_seconds,
        case when milestones.first_public_reply_at is not null then 'answered' end as disposition,
        cast(null as varchar) as automated_disposition,
        false as is_internal,
        false as is_test,
        false as is_spam,
        tickets.ticket_id,
        false as is_live_channel,
        milestones.first_public_reply_at is not null as is_handled,
        cast(null as timestamptz) as called_back_at,
        0 as folded_contact_count,
        0 as leg_count,
        0 as agent_count,
        handlers.last_reply_agent_id as last_agent_id,
        0 as transfer_count,
        false as is_escalated_by_leg,
        cast(0 as decimal(18, 4)) as talk_seconds,
        cast(null as decimal(18, 4)) as hold_seconds,
        cast(0 as decimal(18, 4)) as wrap_seconds,
        true as has_missing_talk,
        tickets.batch
    from tickets
    left join milestones
        on tickets.ticket_id = milestones.ticket_id
    left join {{ ref("int_ticket_handlers_followed") }} as handlers
        on tickets.ticket_id = handlers.ticket_id
    left join contacts_with_ticket
        on tickets.ticket_id = contacts_with_ticket.ticket_id
    where contacts_with_ticket.ticket_id is null
)

select * from final
