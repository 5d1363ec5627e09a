-- What a schedule is called as a calendar of the seeds.
select
    schedule_id,
    any_value(regexp_replace(lower(coalesce(name, 'zendesk')), '[^a-z0-9]+', '_', 'g'))
        as calendar
from shape.opening_hours
group by schedule_id
