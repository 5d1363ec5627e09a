-- a view: a step of int_business_hours_cumulated alone
{{ config(materialized = "view") }}
-- Openings as instants: of each date that is known, in local time of their zone. A holiday closes
-- what would have opened on it. An opening that does not close later on its date closes on the next
-- one.
with dates as (
    select * from {{ ref("int_business_dates_ruled") }}
),

calendars as (
    select
        *,
        coalesce(team, '*') as hours_key,
        coalesce(time_zone, {{ parameter("business_time_zone", "varchar") }}) as local_zone
    from {{ ref("business_calendars") }}
),

openings as (
    select
        dates.hours_key,
        dates.calendar_date,
        case
            when calendars.closes_at > calendars.opens_at then dates.calendar_date
            else {{ add_days("dates.calendar_date", 1) }}
        end as closing_date,
        calendars.opens_at,
        calendars.closes_at,
        calendars.local_zone
    from dates
    inner join calendars
        on
            dates.ruled_by = calendars.hours_key
            and {{ iso_weekday("dates.calendar_date") }} = calendars.weekday
            and dates.calendar_date >= calendars.valid_from
            and (dates.calendar_date <= calendars.valid_to or calendars.valid_to is null)
    left join {{ ref("business_holidays") }} as holidays
        on
            calendars.calendar = holidays.calendar
            and dates.calendar_date = holidays.holiday_date
    where
        dates.is_known
        and holidays.holiday_date is null
),

instants as (
    select
        hours_key,
        calendar_date,
        {{ local_instant("calendar_date", "opens_at", "local_zone") }} as opened_at,
        {{ local_instant("closing_date", "closes_at", "local_zone") }} as closed_at
    from openings
),

final as (
    select
        hours_key,
        calendar_date,
        opened_at,
        -- a clock that skips an hour may close before it opens: it was not open
        greatest(opened_at, closed_at) as closed_at
    from instants
)

select * from final
