select
    id as leg_id,
    call_id,
    created_at,
    agent_id,
    duration,
    talk_time,
    hold_time,
    wrap_up_time,
    transferred_from is not null as is_transfer,
    consultation_from is not null as is_consult
from native.legs
where
    type = 'agent'
    and agent_id is not null
    and coalesce(talk_time, 0) > 0
qualify
    row_number() over (
        partition by id order by updated_at desc nulls last, file_number desc, row_number desc
    ) = 1
