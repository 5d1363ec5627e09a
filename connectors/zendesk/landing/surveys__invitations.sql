select
    'satisfaction:' || opinions.ticket_id as invitation_id,
    'post_ticket' as survey_code,
    any_value(requesters.customer_ref) as customer_ref,
    any_value(requesters.customer_ref_type) as customer_ref_type,
    opinions.ticket_id,
    'email' as channel,
    min(opinions.asked_at) as sent_at,
    coalesce(bool_or(requesters.is_staff), false) as is_staff
from shape.opinions as opinions
left join shape.newest_tickets as tickets
    on opinions.ticket_id = tickets.ticket_id
left join shape.requesters as requesters
    on tickets.requester_id = requesters.user_id
group by opinions.ticket_id
