-- One row a person in a team, as the newest page lists them.
with teams as (
    select *
    from api.teams
    qualify row_number() over (partition by id order by file_number desc, row_number desc) = 1
)

select
    name as team,
    unnest(list_transform(cast(case when json_type(users) = 'ARRAY' then users end as json[]), lambda one: one ->> 'id')) as agent_id,
from teams
