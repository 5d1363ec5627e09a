-- One row a conversation: the first session of the customer.
select
    conversation_id,
    arg_min(media_type, session_number) as media_type,
    arg_min(direction, session_number) as direction,
    arg_min(
        case when direction = 'outbound' then address_to else address_from end, session_number
    ) as address,
    any_value(callback_number) as callback_number,
    bool_or(media_type = 'callback') as has_callback,
from shape.sessions
where purpose in ('customer', 'external')
group by conversation_id
