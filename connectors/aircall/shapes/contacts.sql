-- One row a call, with what became of it.
with reasons as (
    select
        call_id,
        -- a tag that somebody said a reason of comes before one that stands for itself
        arg_min(code_reason(tag), (code_reason(tag) = lower(trim(tag)), tag_number)) as reason,
    from shape.tags
    where code_reason(tag) is not null
    group by call_id
)

select
    calls.*,
    reasons.reason,
    case
        when calls.answered_at is not null then 'answered'
        when calls.direction <> 'inbound' then 'no_answer'
        when calls.has_asked_back then 'callback_requested'
        when calls.has_message then 'voicemail'
        else coalesce(code_outcome(calls.missed_call_reason), 'abandoned')
    end as disposition,
from shape.known_calls as calls
left join reasons
    on calls.call_id = reasons.call_id
