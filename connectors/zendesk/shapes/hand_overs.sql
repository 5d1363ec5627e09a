-- One row per ticket and instant at which its agent or its group changed, with both as they were
-- then, and whether the group is of a higher level.
with moments as (
    select
        ticket_id,
        changed_at,
        max(case when field_name = 'assignee_id' then value end) as assignee_id,
        max(case when field_name = 'group_id' then value end) as group_id,
        bool_or(field_name = 'assignee_id' and value is distinct from value_before) as is_agent_new,
        bool_or(field_name = 'group_id' and value is distinct from value_before) as is_group_new
    from shape.changes
    where field_name in ('assignee_id', 'group_id')
    group by ticket_id, changed_at
),

followed as (
    select
        * exclude (group_id),
        last_value(group_id ignore nulls) over (
            partition by ticket_id
            order by changed_at
            rows between unbounded preceding and current row
        ) as group_id
    from moments
),

named as (
    select
        followed.*,
        coalesce(names.name, followed.group_id) as team,
        coalesce(
            regexp_matches(lower(names.name), getvariable('escalation_groups')), false
        ) as is_higher
    from followed
    left join shape.name_versions as names
        on
            names.kind = 'group'
            and followed.group_id = names.id
            and followed.changed_at >= names.valid_from
            and followed.changed_at < names.valid_to
)

select
    *,
    lag(is_higher) over (partition by ticket_id order by changed_at) as was_higher,
    lag(changed_at) over (
        partition by ticket_id, is_group_new order by changed_at
    ) as previous_at
from named
