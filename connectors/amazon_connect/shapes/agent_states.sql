-- One row a stretch of time in which an agent was in one state, with one contact. After a silence
-- nobody knows: a stretch ends with the last event before it. The last one is not over.
with silence as (
    select
        -- a stream without heartbeats says nothing while nothing changes
        case
            when bool_or(event_type = 'HEART_BEAT')
                then cast(getvariable('silence_seconds') as bigint)
            else 9223372036854
        end as seconds,
    from shape.agent_events
),

events as (
    select
        *,
        state is distinct from lag(state) over turns
        or contact_id is distinct from lag(contact_id) over turns
        or coalesce(epoch(event_at) - epoch(lag(event_at) over turns) > silence.seconds, true)
            as is_turn,
    from shape.agent_events
    cross join silence
    -- signing out is the last that happens at an instant
    window turns as (partition by agent_id order by event_at, event_type = 'LOGOUT', event_id)
),

numbered as (
    select
        *,
        count(*) filter (where is_turn) over (
            partition by agent_id order by event_at, event_type = 'LOGOUT', event_id
        ) as turn,
    from events
),

stretches as (
    select
        agent_id,
        turn,
        arg_min(event_id, (event_at, event_type = 'LOGOUT', event_id)) as activity_id,
        any_value(state) as state,
        any_value(contact_id) as contact_id,
        min(event_at) as started_at,
        max(event_at) as last_event_at,
        any_value(seconds) as silence_seconds,
    from numbered
    group by agent_id, turn
),

followed as (
    select
        *,
        lead(started_at) over (partition by agent_id order by turn) as next_at,
    from stretches
)

select
    * exclude (silence_seconds),
    epoch(next_at) - epoch(last_event_at) > silence_seconds as is_before_silence,
    case when is_before_silence then last_event_at else next_at end as ended_at,
from followed
