with calls as (
    select
        'call:' || calls.call_id as contact_id,
        requesters.customer_ref,
        requesters.customer_ref_type,
        'phone' as channel,
        case when calls.direction = 'outbound' then 'outbound' else 'inbound' end as direction,
        calls.created_at + to_seconds(calls.ivr_seconds) as queue_entered_at,
        calls.created_at + to_seconds(calls.ivr_seconds) + to_seconds(calls.wait_time)
            as connected_at,
        calls.created_at + to_seconds(calls.duration) as ended_at,
        calls.wait_time as wait_seconds,
        code_call_outcome(calls.completion_status) as disposition,
        calls.ticket_id,
        cast(null as varchar) as team
    from shape.calls as calls
    left join shape.requesters as requesters
        on calls.customer_id = requesters.user_id
),

chats as (
    select
        'chat:' || chats.chat_id as contact_id,
        coalesce(requesters.customer_ref, chats.email) as customer_ref,
        coalesce(
            requesters.customer_ref_type, case when chats.email is not null then 'email' end
        ) as customer_ref_type,
        'chat' as channel,
        case when chats.is_proactive then 'outbound' else 'inbound' end as direction,
        chats.began_at as queue_entered_at,
        chats.answered_at as connected_at,
        chats.ended_at,
        cast(null as bigint) as wait_seconds,
        case when chats.answered_at is not null then 'answered' else 'abandoned' end as disposition,
        chats.ticket_id,
        chats.department as team
    from shape.chats as chats
    left join shape.newest_tickets as tickets
        on chats.ticket_id = tickets.ticket_id
    left join shape.requesters as requesters
        on tickets.requester_id = requesters.user_id
)

select
    contact_id,
    customer_ref,
    customer_ref_type,
    channel,
    direction,
    queue_entered_at,
    case when disposition = 'answered' then connected_at end as answered_at,
    greatest(ended_at, queue_entered_at, case when disposition = 'answered' then connected_at end)
        as ended_at,
    wait_seconds,
    disposition,
    ticket_id,
    team
from (
    select * from calls
    union all
    select * from chats
) as contacts
