select strftime(last_event_at, '%Y-%m-%d') as detail, count(*) as rows
from shape.agent_states
where is_before_silence and state <> 'offline'
group by detail
order by detail
