select distinct
    id as conversation_id,
    ticket_id,
    created_at
from native.side_conversations
