-- Who is or was an agent, and from when to when: by role; and whoever has no such role now, but was
-- given tickets or wrote notes, was one before.
with evident as (
    select assignee_id as user_id
    from shape.tickets
    where assignee_id is not null
    union
    select value
    from shape.changes
    where
        field_name = 'assignee_id'
        and value is not null
    union
    select author_id
    from shape.comments
    where
        not is_public
        and not is_automatic
        and not is_merge
),

judged as (
    select
        versions.user_id,
        versions.updated_at,
        versions.role in ('agent', 'admin') as is_agent,
        bool_or(versions.role in ('agent', 'admin')) over (partition by versions.user_id)
            as is_ever_agent,
        evident.user_id is not null as is_evident
    from shape.user_versions as versions
    left join evident
        on versions.user_id = evident.user_id
)

select
    user_id,
    is_agent or (is_evident and not is_ever_agent) as is_agent,
    true as is_known,
    case
        when row_number() over (partition by user_id order by updated_at) = 1
            then timestamptz '1900-01-01 00:00:00+00'
        else updated_at
    end as valid_from,
    coalesce(
        lead(updated_at) over (partition by user_id order by updated_at),
        timestamptz '9999-01-01 00:00:00+00'
    ) as valid_to
from judged
union all
select
    user_id,
    true,
    false,
    timestamptz '1900-01-01 00:00:00+00',
    timestamptz '9999-01-01 00:00:00+00'
from evident
where user_id not in (select user_id from shape.user_versions)
