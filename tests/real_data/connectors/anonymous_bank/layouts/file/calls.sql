-- One row per call that took place, with its instants in local wall-clock time.
--
-- Every stamp in the file is a time of day without its date: the date is the one of
-- vru_entry. The durations beside the stamps are right across midnight, so each interval
-- is its start plus its duration, and a start earlier in the day than vru_entry belongs
-- to the next day.
with raw_calls as (

    select
        "vru+line" || '-' || call_id as contact_id,
        -- 0 is "the caller did not identify"; 21 numbers went through a spreadsheet and came
        -- out as 6.02701E+11: the lost digits could be anybody's, so nobody is named either
        case when customer_id <> '0' and customer_id not like '%E+%'
            then customer_id
        end as customer_id,
        cast(priority as integer) as priority,
        "type" as call_type,
        cast(strptime("date", '%y%m%d') as date) as call_day,
        cast(vru_entry as time) as vru_entry,
        cast(vru_time as integer) as vru_seconds,
        cast(q_start as time) as q_start,
        cast(q_time as integer) as queue_seconds,
        outcome,
        cast(ser_start as time) as ser_start,
        cast(ser_time as integer) as service_seconds,
        -- an agent is a number, never a name: servers are numbered in order of name
        case when server <> 'NO_SERVER'
            then 'server-' || lpad(cast(dense_rank() over (
                partition by server <> 'NO_SERVER' order by server
            ) as varchar), 2, '0')
        end as agent_id,

    from file.calls

),

kept as (

    select *
    from raw_calls
    where
        -- a PHANTOM never was a call: the switch counted a line that nobody used
        outcome <> 'PHANTOM'
        -- the menu's clock ran backwards, so no instant of the call can be trusted
        and vru_seconds >= 0

),

marked as (

    select
        *,
        -- q_start 0:00:00 says "did not queue", but for the call that queued at midnight
        -- sharp: its duration shows
        q_start <> time '00:00:00' or queue_seconds > 0 as has_queued,
        -- ser_start 0:00:00 is never midnight here (no such call has a duration)
        ser_start <> time '00:00:00' as has_service_start,
        call_day + vru_entry as vru_entry_at,

    from kept

),

dated as (

    select
        *,
        vru_entry_at + to_seconds(vru_seconds) as vru_exit_at,
        case when has_queued
            then call_day + q_start + to_days(cast(q_start < vru_entry as integer))
        end as q_start_at,
        case when has_service_start
            then call_day + ser_start + to_days(cast(ser_start < vru_entry as integer))
        end as ser_start_at,

    from marked

)

select
    contact_id,
    customer_id,
    priority,
    call_type,
    vru_entry_at,
    vru_exit_at,
    has_queued,
    coalesce(q_start_at, vru_exit_at) as entered_at,
    coalesce(q_start_at, vru_exit_at) + to_seconds(queue_seconds) as left_queue_at,
    queue_seconds,
    outcome,
    agent_id,
    ser_start_at,
    service_seconds,

from dated
