select missed_call_reason as detail, count(*) as rows
from shape.contacts
where
    disposition not in (
        'answered',
        'abandoned',
        'callback_requested',
        'no_answer',
        'ivr_contained',
        'voicemail',
        'left_out'
    )
group by detail
order by detail
