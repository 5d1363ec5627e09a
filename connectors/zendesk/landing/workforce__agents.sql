-- One row per version of an account that is, or was, an agent's. An administrator handles contacts,
-- too. The first day is that of the account; the last that on which it ceased to be an agent's.
with versions as (
    select
        versions.*,
        versions.role in ('agent', 'admin') as is_agent_now
    from shape.user_versions as versions
    inner join (select distinct user_id from shape.staff where is_agent) as staff
        on versions.user_id = staff.user_id
)

select
    versions.user_id as agent_id,
    groups.name as team,
    'agent' as role,
    case
        when groups.name is null then null
        when regexp_matches(lower(groups.name), getvariable('escalation_groups')) then 2
        else 1
    end as support_level,
    cast(versions.created_at as date) as hired_on,
    case
        when not versions.is_agent_now or versions.is_suspended or not versions.is_active
            then greatest(cast(versions.updated_at as date), cast(versions.created_at as date))
    end as left_on,
    versions.updated_at
from versions
left join shape.name_versions as groups
    on
        groups.kind = 'group'
        and versions.default_group_id = groups.id
        and versions.updated_at >= groups.valid_from
        and versions.updated_at < groups.valid_to
