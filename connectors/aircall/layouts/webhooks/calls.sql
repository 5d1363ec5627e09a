-- A call as its last event knows it.
with known as (
    select
        *,
        data ->> 'id' as call_id,
    from webhooks.events
    where event like 'call.%'
    qualify row_number() over (
        partition by data ->> 'id'
        order by timestamp desc, data ->> 'status' = 'done' desc, file_number desc, row_number desc
    ) = 1
),

queued as (
    select data ->> 'id' as call_id, min(timestamp) as ringing_at
    from webhooks.events
    where event = 'call.ringing_on_agent'
    group by call_id
),

timed as (
    select
        known.*,
        queued.ringing_at,
        to_timestamp(try_cast(data ->> 'started_at' as bigint)) as started_at,
        to_timestamp(try_cast(data ->> 'answered_at' as bigint)) as answered_at,
        to_timestamp(try_cast(data ->> 'ended_at' as bigint)) as ended_at,
        nullif(data ->> 'missed_call_reason', '') as missed_call_reason,
    from known
    left join queued using (call_id)
)

select
    call_id,
    data ->> 'direction' as direction,
    started_at,
    cast(null as varchar) as started_written,
    coalesce(ringing_at, started_at) as queue_entered_at,
    answered_at,
    ended_at,
    epoch(ended_at) - epoch(answered_at) as talk_seconds,
    missed_call_reason,
    nullif(data ->> 'voicemail', '') is not null as has_message,
    false as has_asked_back,
    data ->> 'raw_digits' as customer_number,
    data -> 'number' ->> 'name' as line,
    data -> 'teams' -> 0 ->> 'name' as team,
    coalesce(data -> 'transferred_to' ->> 'id', data -> 'user' ->> 'id') as agent_id,
    data -> 'transferred_by' ->> 'id' as first_agent_id,
    list_transform(cast(case when json_type(data -> 'tags') = 'ARRAY' then data -> 'tags' end as json[]), lambda one: one ->> 'name') as tags,
    coalesce(
        ended_at >= started_at
        and (answered_at is null or answered_at between started_at and ended_at),
        false
    ) as is_readable,
    1 as rank_of_layout,
    file_number,
    row_number,
from timed
where data ->> 'status' = 'done'
