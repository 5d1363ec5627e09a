select
    sessions.agent_id,
    any_value(people.team) as team,
    any_value(people.site) as site,
    'agent' as role,
    cast(min(sessions.began_at) as date) as hired_on,
    max(sessions.began_at) as updated_at,
from shape.agent_sessions as sessions
left join shape.people as people
    on sessions.agent_id = people.agent_id
group by sessions.agent_id
