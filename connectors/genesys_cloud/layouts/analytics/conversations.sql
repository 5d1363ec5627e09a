-- One row a conversation, as the newest file has it.
select
    "conversationId" as conversation_id,
    "conversationStart" as started_at,
    "conversationEnd" as ended_at,
    lower("originatingDirection") as direction,
    participants,
from analytics.conversations
qualify row_number() over (
    partition by "conversationId"
    order by "conversationEnd" desc nulls last, file_number desc, row_number desc
) = 1
