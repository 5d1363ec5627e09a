-- What came by e-mail, form, social network or text, with its first answer by a person on the open
-- clock of its team, and whether the promise was kept. Overdue without an answer is a miss; not yet
-- due is neither, and due is what the sources of answers have passed: a feed that is late has not
-- shown that nobody answered. A contact that names a ticket is answered by that ticket's first
-- reply after it, where the platform of the channel does not say itself: a reply to an earlier
-- message answers none that comes later.
with run as (
    select * from {{ ref("int_run_observed") }}
),

contacts as (
    select * from {{ ref("contacts") }}
    where
        is_offered
        and not is_live_channel
),

-- an answer is written on the contact, or is a reply on its ticket
answers_seen as (
    select
        contacts_seen.seen_until as on_contact,
        ticket_events_seen.seen_until as on_ticket,
        least(contacts_seen.seen_until, ticket_events_seen.seen_until) as on_either
    from ({{ exchanges_seen("contacts") }}) as contacts_seen
    cross join ({{ exchanges_seen("ticket_events") }}) as ticket_events_seen
),

replies as (
    select
        contacts.contact_id,
        min(greatest(events.event_at, contacts.queue_entered_at)) as first_reply_at
    from contacts
    inner join {{ ref("int_ticket_events_clocked") }} as events
        on contacts.ticket_id = events.ticket_id
    where
        events.event_type = 'public_reply'
        and {{ follows("events.event_at", "contacts.queue_entered_at") }}
    group by 1
),

deferred as (
    select
        contacts.*,
        case
            when contacts.contact_source = 'ticket' then answers_seen.on_ticket
            when contacts.ticket_id is null then answers_seen.on_contact
            else answers_seen.on_either
        end as seen_until,
        case
            when contacts.answered_at <= run.as_of then contacts.answered_at
            else replies.first_reply_at
        end as first_reply_at,
        coalesce(tickets.is_reply_expected, true) as is_reply_expected,
        3600 * coalesce(channels.reply_sla_open_hours, {{ parameter("reply_sla_open_hours") }})
            as sla_business_seconds
    from contacts
    cross join run
    cross join answers_seen
    left join {{ ref("tickets") }} as tickets
        on contacts.ticket_id = tickets.ticket_id
    left join replies
        on contacts.contact_id = replies.contact_id
    left join {{ ref("channels") }} as channels
        on contacts.channel = channels.channel
),

clocked as (
    select
        *,
        case
            -- an answer before the question is a clock's error: answered, after who knows how long
            when first_reply_at >= queue_entered_at
                then first_reply_at_business_clock - queue_entered_at_business_clock
        end as reply_open_seconds,
        seen_until_business_clock - queue_entered_at_business_clock as seen_business_seconds
    from {{
        with_business_clocks(
            "deferred", "team", ["queue_entered_at", "first_reply_at", "seen_until"]
        )
    }} as clocked
),

final as (
    select
        contact_id,
        business_date,
        channel,
        reason_group,
        team,
        segment,
        brand,
        site,
        is_reply_expected,
        first_reply_at is not null as is_replied,
        cast(reply_open_seconds as decimal(18, 4)) as reply_open_seconds,
        case
            when not is_reply_expected then 'not_expected'
            when reply_open_seconds <= sla_business_seconds then 'met'
            -- on a clock that nobody knows, nothing can be kept or missed
            when seen_business_seconds is null then 'not_expected'
            when first_reply_at is null and seen_business_seconds <= sla_business_seconds
                then 'pending'
            else 'missed'
        end as sla_status
    from clocked
)

select * from final
