select
    id as agent_id,
    arg_max(coalesce(team ->> 'name', department), file_number) as team,
    arg_max(locations -> 0 -> 'locationDefinition' ->> 'name', file_number) as site,
from analytics.users
group by id
