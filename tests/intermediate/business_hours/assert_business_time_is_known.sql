{{ config(severity = "warn") }}
-- Every day on which something was received lies in a calendar that is known.
-- A failure means that replies of these days have no time in open hours, and no promise is judged.
-- Look first at valid_from and valid_to in business_calendars, then whether business_holidays has
-- the year: `python -m orchestration.registry.holidays` writes it.
with received as (
    select
        business_date,
        count(*) as contacts
    from {{ ref("contacts") }}
    where is_in_scope
    group by 1
)

select
    received.business_date,
    received.contacts
from received
inner join {{ ref("int_business_dates_ruled") }} as dates
    on received.business_date = dates.calendar_date
where
    dates.hours_key = '*'
    and not dates.is_known
