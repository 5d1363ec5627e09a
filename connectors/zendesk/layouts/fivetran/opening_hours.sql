select distinct
    id as schedule_id,
    name,
    time_zone,
    start_time as start_minute,
    end_time as end_minute
from fivetran.schedule
where not coalesce(_fivetran_deleted, false)
