-- One row a person who had a call. Without webhooks nobody knows when a call was handed over: as
-- Aircall counts, all the talk is the last person's.
with followed as (
    select
        call_id,
        segment_number,
        agent_id,
        started_at,
        coalesce(over_at, next_at) as ended_at,
        coalesce(hold_seconds, 0) as hold_seconds,
        bool_or(is_last) over (partition by call_id) as is_over,
    from shape.segments
),

alone as (
    select
        calls.call_id,
        unnest([calls.first_agent_id, calls.agent_id]) as agent_id,
        unnest([1, 2]) as segment_number,
        calls.answered_at as started_at,
        calls.ended_at,
        calls.talk_seconds,
        calls.first_agent_id,
    from shape.known_calls as calls
    where
        calls.answered_at is not null
        and calls.is_readable
        and calls.call_id not in (select segments.call_id from shape.segments)
)

select
    call_id,
    segment_number,
    agent_id,
    started_at,
    ended_at,
    epoch(ended_at) - epoch(started_at) - hold_seconds as talk_seconds,
    hold_seconds,
    row_number() over (partition by call_id order by segment_number) = 1 as is_first,
from followed
where is_over
union all
select
    call_id,
    segment_number,
    agent_id,
    started_at,
    ended_at,
    case when segment_number = 2 then talk_seconds else 0 end,
    null,
    segment_number = 1 or first_agent_id is null,
from alone
where agent_id is not null and (segment_number = 2 or agent_id is not null)
