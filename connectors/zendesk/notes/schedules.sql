-- calendar,team,weekday,opens_at,closes_at,valid_from,valid_to,time_zone; what runs over midnight is
-- cut by day
with days as (
    select
        hours.*,
        unnest(range(start_minute // 1440, (end_minute - 1) // 1440 + 1)) as day
    from shape.opening_hours as hours
    where end_minute > start_minute
),

lines as (
    select
        calendars.calendar,
        case when day % 7 = 0 then 7 else day % 7 end as weekday,
        greatest(start_minute - day * 1440, 0) as opens,
        least(end_minute - day * 1440, 1440) as closes,
        time_zone
    from days
    inner join shape.calendar_names as calendars
        on days.schedule_id = calendars.schedule_id
)

select
    calendar || ',,' || weekday
    || printf(
        ',%02d:%02d:00,%02d:%02d:00,1900-01-01,,', opens // 60, opens % 60, closes // 60, closes % 60
    )
    || coalesce(code_time_zone_name(time_zone), '') as detail,
    cast(1 as bigint) as rows
from lines
order by detail
