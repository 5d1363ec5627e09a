-- The first words of the visitor begin a chat, the first of an agent answer it; bots and triggers do
-- not.
with events as (
    select
        chat_id,
        created_at,
        type = 'ChatMessage' or message is not null as is_message,
        coalesce(actor_id like 'agent:%', false) as is_agent
    from fivetran.ticket_chat_event
    where type is distinct from 'ChatDepartmentTransfer' or actor_id is not null
),

summed as (
    select
        chat_id,
        min(created_at) as first_at,
        min(case when is_message and not is_agent then created_at end) as asked_at,
        min(case when is_message and is_agent then created_at end) as answered_at,
        max(created_at) as ended_at
    from events
    group by chat_id
)

select
    chats.chat_id,
    chats.ticket_id,
    coalesce(summed.asked_at, summed.first_at) as began_at,
    case
        when summed.answered_at >= coalesce(summed.asked_at, summed.first_at)
            then summed.answered_at
    end as answered_at,
    summed.ended_at,
    cast(null as varchar) as email,
    cast(null as varchar) as department,
    false as is_proactive
from (
    select *
    from fivetran.ticket_chat
    qualify row_number() over (partition by chat_id order by file_number desc) = 1
) as chats
inner join summed
    on chats.chat_id = summed.chat_id
