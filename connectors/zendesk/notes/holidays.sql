-- calendar,holiday_date,label; Zendesk's own list does not say of which schedule its holidays are,
-- where there is but one they are of that
with days as (
    select
        *,
        unnest(generate_series(start_date, end_date, interval 1 day)) as closed_on
    from shape.closed_days
)

select
    coalesce(
        calendars.calendar,
        case
            when days.schedule_id is null
                then (
                    select case when count(*) = 1 then max(calendar) end
                    from shape.calendar_names
                )
        end,
        'zendesk'
    )
    || ',' || strftime(days.closed_on, '%Y-%m-%d')
    || ',' || coalesce('"' || replace(days.name, '"', '""') || '"', '') as detail,
    cast(1 as bigint) as rows
from days
left join shape.calendar_names as calendars
    on days.schedule_id = calendars.schedule_id
order by detail
limit 500
