-- A call's legs; where Talk's legs are not exported, what the call says of its agent.
select
    'leg:' || leg_id as leg_id,
    'call:' || call_id as contact_id,
    agent_id,
    case when is_consult then 'consult' when is_transfer then 'transfer' end as entry_type,
    created_at as started_at,
    created_at + to_seconds(duration) as ended_at,
    talk_time as talk_seconds,
    hold_time as hold_seconds,
    wrap_up_time as wrap_seconds,
    false as is_deleted
from shape.call_legs
union all
select
    'call:' || calls.call_id,
    'call:' || calls.call_id,
    calls.agent_id,
    null,
    calls.created_at + to_seconds(calls.ivr_seconds) + to_seconds(coalesce(calls.wait_time, 0)),
    calls.created_at + to_seconds(
        greatest(calls.duration, calls.ivr_seconds + coalesce(calls.wait_time, 0))
    ),
    calls.talk_time,
    calls.hold_time,
    calls.wrap_up_time,
    calls.call_id in (select call_id from shape.call_legs)
from shape.calls as calls
where
    calls.agent_id is not null
    and calls.talk_time > 0
