-- Minutes since Sunday 0:00, local time.
select
    id as schedule_id,
    name,
    time_zone,
    cast(json_extract_string(hours, '$.start_time') as bigint) as start_minute,
    cast(json_extract_string(hours, '$.end_time') as bigint) as end_minute
from (
    select
        *,
        unnest(cast(intervals as json[])) as hours
    from (
        select *
        from airbyte.schedules
        qualify row_number() over (partition by id order by updated_at desc nulls last) = 1
    ) as newest
) as unnested
