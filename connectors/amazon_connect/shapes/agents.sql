-- One row a change of what an agent's configuration says, and the first time that it is seen.
with seen as (
    select agent_id, connected_at as seen_at, team, site, routing_profile, contact_id as source_id
    from shape.chain
    where agent_id is not null and connected_at is not null
    union all
    select agent_id, event_at, team, site, routing_profile, event_id
    from shape.agent_events
    where agent_id is not null
),

compared as (
    select
        *,
        min(seen_at) over (partition by agent_id) as first_seen_at,
        row_number() over moments = 1
        or team is distinct from lag(team) over moments
        or site is distinct from lag(site) over moments
        or routing_profile is distinct from lag(routing_profile) over moments as is_change,
    from seen
    window moments as (partition by agent_id order by seen_at, source_id)
)

select * from compared where is_change
