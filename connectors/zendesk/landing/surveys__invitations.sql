with asked as (
    select
        'satisfaction:' || ticket_id as invitation_id,
        ticket_id,
        cast(null as varchar) as responder_id,
        asked_at
    from shape.opinions
    union all
    select
        invitation_id,
        ticket_id,
        responder_id,
        asked_at
    from shape.survey_opinions
)

select
    asked.invitation_id,
    'post_ticket' as survey_code,
    any_value(requesters.customer_ref) as customer_ref,
    any_value(requesters.customer_ref_type) as customer_ref_type,
    any_value(asked.ticket_id) as ticket_id,
    case when any_value(asked.ticket_id) is null then 'chat' else 'email' end as channel,
    min(asked.asked_at) as sent_at,
    coalesce(bool_or(requesters.is_staff), false) as is_staff
from asked
left join shape.newest_tickets as tickets
    on asked.ticket_id = tickets.ticket_id
left join shape.requesters as requesters
    on coalesce(tickets.requester_id, asked.responder_id) = requesters.user_id
group by asked.invitation_id
