-- What a customer sends, receives or sees of a ticket. Notes and assignments among agents are none
-- of that.
with tickets as (
    select * from {{ ref("tickets") }}
    where {{ of_changed_strands(ticket_contact_id("ticket_id")) }}
),

events as (
    select
        case
            when event_type = 'created' then 'interactions.tickets'
            else 'interactions.ticket_events'
        end as source,
        coalesce(event_id, ticket_id) as reference_id,
        ticket_id,
        case event_type
            when 'created' then 'ticket_created'
            when 'customer_message' then 'ticket_message'
            when 'public_reply' then 'ticket_reply'
            when 'auto_reply' then 'ticket_acknowledged'
            when 'escalated' then 'ticket_escalated'
            when 'solved' then 'ticket_solved'
            when 'reopened' then 'ticket_reopened'
            when 'closed' then 'ticket_closed'
        end as event_type,
        event_at
    from {{ ref("int_ticket_events_clocked") }}
    where event_type not in ('internal_note', 'assigned', 'escalation_rejected')
),

-- a ticket that names nobody is about whoever called about it first
callers as (
    select
        ticket_id,
        customer_id
    from {{
        first_row_per_key(
            "(select * from " ~ ref("contacts") ~ " where ticket_id is not null"
            ~ " and customer_id is not null and contact_source = 'contact'"
            ~ " and " ~ of_changed_strands("contact_id") ~ ") as naming",
            ["ticket_id"],
            ["queue_entered_at", "contact_id"]
        )
    }} as first_contacts
),

final as (
    select
        events.source,
        events.reference_id,
        events.event_type,
        events.event_at,
        events.event_at as over_at,
        coalesce(tickets.customer_id, callers.customer_id) as customer_id,
        tickets.channel,
        case
            when events.event_type in ('ticket_message', 'ticket_reopened') then 'inbound'
            when
                events.event_type = 'ticket_created'
                and coalesce(tickets.created_by, 'customer') = 'customer'
                then 'inbound'
            else 'outbound'
        end as direction,
        tickets.reason_group,
        tickets.brand,
        events.ticket_id,
        tickets.is_spam or tickets.is_test as is_excluded
    from events
    inner join tickets
        on events.ticket_id = tickets.ticket_id
    left join callers
        on events.ticket_id = callers.ticket_id
)

select * from final
