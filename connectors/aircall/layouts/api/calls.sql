-- A call as the API gives it once it is over; the newest page has the newest tags.
select
    id as call_id,
    direction,
    started_at,
    cast(null as varchar) as started_written,
    started_at as queue_entered_at,
    case when user is not null or missed_call_reason is null then answered_at end as answered_at,
    ended_at,
    epoch(ended_at) - epoch(answered_at) as talk_seconds,
    missed_call_reason,
    voicemail is not null as has_message,
    false as has_asked_back,
    raw_digits as customer_number,
    number ->> 'name' as line,
    teams -> 0 ->> 'name' as team,
    coalesce(transferred_to ->> 'id', user ->> 'id') as agent_id,
    transferred_by ->> 'id' as first_agent_id,
    list_transform(cast(case when json_type(tags) = 'ARRAY' then tags end as json[]), lambda one: one ->> 'name') as tags,
    coalesce(
        ended_at >= started_at
        and (answered_at is null or answered_at between started_at and ended_at)
        and abs(duration - (epoch(ended_at) - epoch(started_at))) <= 1,
        false
    ) as is_readable,
    0 as rank_of_layout,
    file_number,
    row_number,
from api.calls
where status = 'done'
