-- The export has no staff register: the first day on which an agent is seen stands for the first.
select
    agent_id,
    team,
    site,
    'agent' as role,
    case
        when getvariable('level_2_profiles') || getvariable('level_3_profiles') = '' then null
        when regexp_matches(routing_profile, nullif(getvariable('level_3_profiles'), '')) then 3
        when regexp_matches(routing_profile, nullif(getvariable('level_2_profiles'), '')) then 2
        else 1
    end as support_level,
    cast(first_seen_at as date) as hired_on,
    seen_at as updated_at,
from shape.agents
where getvariable('agents') <> 'no'
