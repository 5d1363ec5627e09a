-- What a group or brand was called, and from when to when: the first name known also counts before,
-- so that what was said of the past stays as it was when a group is renamed.
select
    kind,
    id,
    any_value(name) as name,
    case
        when row_number() over (partition by kind, id order by updated_at nulls first) = 1
            then timestamptz '1900-01-01 00:00:00+00'
        else updated_at
    end as valid_from,
    coalesce(
        lead(updated_at) over (partition by kind, id order by updated_at nulls first),
        timestamptz '9999-01-01 00:00:00+00'
    ) as valid_to
from shape.names
group by kind, id, updated_at
