select
    id as call_id,
    created_at,
    case
        when voicemail and lower(completion_status) <> 'completed' then 'voicemail'
        else lower(completion_status)
    end as completion_status,
    lower(direction) as direction,
    ticket_id,
    agent_id,
    customer_id,
    duration,
    wait_time,
    coalesce(ivr_time_spent, 0) as ivr_seconds,
    talk_time,
    hold_time,
    wrap_up_time
from native.calls
qualify
    row_number() over (
        partition by id order by updated_at desc nulls last, file_number desc, row_number desc
    ) = 1
