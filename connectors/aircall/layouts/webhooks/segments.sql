-- One row a person who had a call, from the first moment to the next person's or the end.
with events as (
    select
        data ->> 'id' as call_id,
        event,
        timestamp as event_at,
        case
            when event = 'call.transferred' then data -> 'transferred_to' ->> 'id'
            when event = 'call.answered' then data -> 'user' ->> 'id'
        end as agent_id,
        row_number() over (
            partition by data ->> 'id'
            order by
                timestamp,
                -- of one second: handed over, then taken; held, then taken up again; then over
                list_position(
                    [
                        'call.transferred',
                        'call.answered',
                        'call.hold',
                        'call.unhold',
                        'call.hungup',
                        'call.ended'
                    ],
                    event
                )
        ) as event_number,
    from (
        select distinct on (event, timestamp, data ->> 'id') *
        from webhooks.events
        where
            event in (
                'call.answered',
                'call.transferred',
                'call.hold',
                'call.unhold',
                'call.hungup',
                'call.ended'
            )
        order by file_number, row_number
    )
),

held as (
    select
        *,
        last_value(agent_id ignore nulls) over so_far as holder,
        lead(event_at) over so_far as next_at,
    from events
    window so_far as (partition by call_id order by event_number)
),

turned as (
    select
        *,
        holder is distinct from lag(holder) over (partition by call_id order by event_number)
            as is_turn,
    from held
    where holder is not null
),

numbered as (
    select
        *,
        count(*) filter (where is_turn) over (partition by call_id order by event_number)
            as segment_number,
    from turned
)

select
    call_id,
    segment_number,
    any_value(holder) as agent_id,
    -- a transfer is taken when it is answered
    coalesce(min(event_at) filter (where event = 'call.answered'), min(event_at)) as started_at,
    max(next_at) as next_at,
    max(event_at) as last_event_at,
    sum(epoch(next_at) - epoch(event_at)) filter (where event = 'call.hold') as hold_seconds,
    bool_or(event in ('call.hungup', 'call.ended')) as is_last,
    min(event_at) filter (where event in ('call.hungup', 'call.ended')) as over_at,
from numbered
group by call_id, segment_number
