-- One row a conversation that is over, with what became of it.
with queued as (
    select
        conversation_id,
        min(segment_start) as entered_at,
        max(segment_end) as left_at,
        arg_min(queue_id, segment_start) as queue_id,
        arg_max_null(disconnect_type, segment_start) as disconnect_type,
    from shape.segments
    where purpose = 'acd' and media_type <> 'callback'
    group by conversation_id
),

talked as (
    select
        conversation_id,
        min(began_at) filter (where media_type <> 'callback') as answered_at,
    from shape.agent_sessions
    group by conversation_id
),

back as (
    select
        conversation_id,
        min(segment_start) as asked_at,
        max(segment_end) as over_at,
    from shape.segments
    where media_type = 'callback'
    group by conversation_id
),

-- the agent's own call within a callback is the one that reaches the customer
reached as (
    select
        sessions.conversation_id,
        min(sessions.began_at) as answered_at,
    from shape.agent_sessions as sessions
    inner join back
        on sessions.conversation_id = back.conversation_id
    where sessions.began_at >= back.asked_at and sessions.media_type = 'voice'
    group by sessions.conversation_id
),

reasons as (
    select conversation_id, arg_max(code_reason(wrap_up), segment_start) as reason
    from shape.wrap_ups
    where code_reason(wrap_up) is not null
    group by conversation_id
),

messages as (
    select distinct conversation_id
    from shape.segments
    where segment_type = 'voicemail' or purpose = 'voicemail'
),

bots as (
    select conversation_id, bool_or(purpose = 'bot') as has_bot
    from shape.sessions
    group by conversation_id
),

joined as (
    select
        conversations.conversation_id,
        conversations.started_at,
        conversations.ended_at,
        customers.media_type,
        code_channel(customers.media_type) as channel,
        coalesce(conversations.direction, customers.direction) = 'outbound' as is_outbound,
        regexp_replace(coalesce(customers.callback_number, customers.address), '^(tel|sip):', '')
            as address,
        queued.entered_at,
        queued.left_at,
        coalesce(names.name, queued.queue_id) as queue,
        queued.queue_id is not null and names.name is null as is_queue_nameless,
        queued.disconnect_type,
        back.asked_at as called_back_from,
        back.over_at as called_back_until,
        reached.answered_at as called_back_at,
        -- what is answered after a callback was asked for is the callback
        case
            when back.asked_at is null or talked.answered_at < back.asked_at
                then talked.answered_at
        end as answered_at,
        reasons.reason,
        messages.conversation_id is not null as has_message,
        coalesce(bots.has_bot, false) as has_bot,
    from shape.conversations as conversations
    inner join shape.soundness as soundness
        on conversations.conversation_id = soundness.conversation_id and soundness.is_readable
    inner join shape.customer_sessions as customers
        on conversations.conversation_id = customers.conversation_id
    left join queued
        on conversations.conversation_id = queued.conversation_id
    left join talked
        on conversations.conversation_id = talked.conversation_id
    left join back
        on conversations.conversation_id = back.conversation_id
    left join reached
        on conversations.conversation_id = reached.conversation_id
    left join reasons
        on conversations.conversation_id = reasons.conversation_id
    left join messages
        on conversations.conversation_id = messages.conversation_id
    left join bots
        on conversations.conversation_id = bots.conversation_id
    left join shape.names as names
        on queued.queue_id = names.id
)

select
    *,
    case
        when answered_at is not null then 'answered'
        when is_outbound then 'no_answer'
        when called_back_from is not null then 'callback_requested'
        when has_message then 'voicemail'
        when entered_at is not null then 'abandoned'
        when channel = 'phone' and not has_bot then 'ivr_contained'
        else 'bot_contained'
    end as disposition,
from joined
