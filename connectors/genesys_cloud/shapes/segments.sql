-- One row a segment: a state of a session, with a beginning and an end.
with opened as (
    select
        sessions.* exclude (segments, metrics),
        unnest(segments) as segment,
    from shape.sessions as sessions
)

select
    * exclude (segment),
    lower(segment ->> 'segmentType') as segment_type,
    try_cast(segment ->> 'segmentStart' as timestamptz) as segment_start,
    coalesce(
        try_cast(segment ->> 'segmentEnd' as timestamptz),
        case when segment ->> 'segmentEnd' is null then conversations.ended_at end
    ) as segment_end,
    segment ->> 'segmentEnd' is null as is_open,
    segment ->> 'queueId' as queue_id,
    segment ->> 'wrapUpCode' as wrap_up_id,
    lower(segment ->> 'disconnectType') as disconnect_type,
from opened
inner join shape.conversations as conversations
    using (conversation_id)
