select
    coalesce(policy, 'policy') || ', ' || coalesce(priority, 'any priority') || ': '
    || target_minutes || ' minutes'
    || case when is_in_open_hours then ' of business hours' else '' end as detail,
    count(*) as rows
from shape.promises
where
    metric = 'first_reply_time'
    and target_minutes is not null
group by 1
order by 1
