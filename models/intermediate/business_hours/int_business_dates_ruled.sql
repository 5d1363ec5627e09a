-- Whose hours hold on a date: a team's own where any of them are in force, else those of every
-- team. From the first instant that anything was observed to a month after the as-of instant, so
-- that what falls due soon can be dated; two dates more at each end, because local dates are not
-- those of UTC and a night reaches into the next day. A calendar that closes on holidays is known
-- in the years whose holidays it names: nobody knows when it was closed in another.
{%- set days_ahead = 31 %}
with run as (
    select * from {{ ref("int_run_observed") }}
),

calendars as (
    select * from {{ ref("business_calendars") }}
),

first_instants as (
    select min(queue_entered_at) as observed_at
    from {{ ref("stg_interactions__contact_versions") }}
    union all
    select min(created_at)
    from {{ ref("stg_interactions__ticket_versions") }}
    union all
    select min(sent_at)
    from {{ ref("stg_surveys__invitations") }}
),

first_observed as (
    select min(observed_at) as observed_at from first_instants
),

covered as (
    select
        {{ add_days(utc_date("first_observed.observed_at"), -2) }} as first_date,
        {{ add_days(utc_date("run.as_of"), days_ahead + 2) }} as last_date
    from run
    cross join first_observed
),

dates as (
    select calendar_date from {{ dates_between("first_date", "last_date", "covered") }} as calendar
),

hours_keys as (
    select '*' as hours_key
    union
    select team
    from calendars
    where team is not null
),

dates_with_own_hours as (
    select distinct
        calendars.team,
        dates.calendar_date
    from calendars
    inner join dates
        on
            dates.calendar_date >= calendars.valid_from
            and (dates.calendar_date <= calendars.valid_to or calendars.valid_to is null)
    where calendars.team is not null
),

ruled as (
    select
        hours_keys.hours_key,
        dates.calendar_date,
        coalesce(own.team, '*') as ruled_by
    from hours_keys
    cross join dates
    left join dates_with_own_hours as own
        on
            hours_keys.hours_key = own.team
            and dates.calendar_date = own.calendar_date
),

years as (
    select distinct
        calendar,
        extract(year from holiday_date) as year_closed
    from {{ ref("business_holidays") }}
),

dates_known as (
    select
        coalesce(calendars.team, '*') as hours_key,
        dates.calendar_date
    from calendars
    inner join dates
        on
            dates.calendar_date >= calendars.valid_from
            and (dates.calendar_date <= calendars.valid_to or calendars.valid_to is null)
    left join years
        on
            calendars.calendar = years.calendar
            and extract(year from dates.calendar_date) = years.year_closed
    left join (select distinct calendar from years) as closing
        on calendars.calendar = closing.calendar
    group by 1, 2
    having bool_and(years.calendar is not null or closing.calendar is null)
),

final as (
    select
        ruled.hours_key,
        ruled.calendar_date,
        ruled.ruled_by,
        dates_known.calendar_date is not null as is_known
    from ruled
    left join dates_known
        on
            ruled.ruled_by = dates_known.hours_key
            and ruled.calendar_date = dates_known.calendar_date
)

select * from final
