-- One row a session in which an agent talked, with its time by what was done.
select
    conversation_id,
    session_number,
    any_value(user_id) as agent_id,
    any_value(media_type) as media_type,
    any_value(direction) as direction,
    min(segment_start) filter (where segment_type = 'interact') as began_at,
    max(segment_end) filter (where segment_type in ('interact', 'hold')) as over_at,
    sum(epoch(segment_end) - epoch(segment_start)) filter (where segment_type = 'interact')
        as talk_seconds,
    coalesce(
        sum(epoch(segment_end) - epoch(segment_start)) filter (where segment_type = 'hold'), 0
    ) as hold_seconds,
    coalesce(
        sum(epoch(segment_end) - epoch(segment_start)) filter (where segment_type = 'wrapup'), 0
    ) as wrap_seconds,
    bool_or(is_open) as is_open,
from shape.segments
where purpose in ('agent', 'user') and user_id is not null
group by conversation_id, session_number
having count(*) filter (where segment_type = 'interact') > 0
