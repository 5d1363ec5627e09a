-- One row a conversation: whether all of it is as documented. What an agent or a queue did under
-- names that nobody knows would else be a call that nobody answered.
with judged as (
    select
        conversation_id,
        bool_and(
            segment_type is not null
            and segment_start is not null
            and segment_end >= segment_start
            and purpose is not null
            and (purpose <> 'agent' or user_id is not null)
        ) as are_segments_sound,
    from shape.segments
    group by conversation_id
),

whole as (
    select
        conversation_id,
        bool_and(segments is not null and len(segments) > 0) as have_segments,
        bool_or(purpose in ('customer', 'external')) as has_customer,
    from shape.sessions
    group by conversation_id
)

select
    conversations.conversation_id,
    coalesce(judged.are_segments_sound and whole.have_segments and whole.has_customer, false)
    and conversations.ended_at >= conversations.started_at as is_readable,
from shape.conversations as conversations
left join judged
    on conversations.conversation_id = judged.conversation_id
left join whole
    on conversations.conversation_id = whole.conversation_id
where conversations.ended_at is not null
