-- Aircall does not say since when somebody is in a team: as of the last call, they were.
with last_calls as (
    select agent_id, max(ended_at) as last_call_at
    from shape.legs
    group by agent_id
)

select
    people.agent_id,
    min(members.team) as team,
    'agent' as role,
    cast(people.created_at as date) as hired_on,
    greatest(people.created_at, max(last_calls.last_call_at)) as updated_at,
from shape.people as people
left join shape.members as members
    on people.agent_id = members.agent_id
left join last_calls
    on people.agent_id = last_calls.agent_id
group by people.agent_id, people.created_at
