select
    case
        when state is null then 'no status, or no list of contacts, in the snapshot'
        else custom_status
    end as detail,
    count(*) as rows
from shape.agent_events
where
    state is null
    or state not in ('contact', 'available', 'break', 'training', 'meeting', 'offline')
group by detail
order by detail
