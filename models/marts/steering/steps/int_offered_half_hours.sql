-- What a forecast of the load learns from: live contacts by the half-hour in which they entered the
-- queue of agents. Demand, so first attempts: who gave up and tries again asks for nothing more.
-- As far back as forecasts and their trials look, and on to the end of the coming fortnight: from
-- twice as many fortnights as are tried a year of holidays with the two weeks beside each, or the
-- weeks that are learned from. Before that, the week without news after which nothing is forecast,
-- what is missing of the running fortnight, and the day that is not over; and a week to spare.
{%- set beside = "7 + 13 + 1 + 7" %}
{%- set slices = ["channel", "queue"] %}
with run as (
    select
        as_of_date,
        business_time_zone,
        {{
            add_days(
                "as_of_date",
                "-1 * (2 * 14 * " ~ parameter("forecast_trials", "integer")
                ~ " + greatest(364 + 14, 7 * "
                ~ parameter("forecast_training_weeks", "integer") ~ ") + " ~ beside ~ ")"
            )
        }} as first_date,
        {{ add_days("as_of_date", 14) }} as last_date
    from {{ ref("int_run_dated") }}
),

contacts as (
    select
        contacts.*,
        -- of somebody unknown nothing shows whether it is the first attempt
        max(case when contacts.is_abandoned then contacts.agents_queue_entered_at end) over (
            partition by coalesce(contacts.customer_id, contacts.contact_id)
            order by contacts.agents_queue_entered_at, contacts.contact_id
            rows between unbounded preceding and 1 preceding
        ) as gave_up_at
    from {{ ref("contacts") }} as contacts
    cross join run
    where
        contacts.is_live_channel
        and contacts.is_offered
        and contacts.business_date >= run.first_date
),

described as (
    select
        {{ half_hour("contacts.agents_queue_entered_at") }} as half_hour,
        contacts.channel,
        coalesce(contacts.queue, 'unknown') as queue,
        case
            when
                contacts.agents_queue_entered_at
                <= {{
                    add_hours(
                        "contacts.gave_up_at", parameter("retry_window_hours", "integer")
                    )
                }}
                then 0
            else 1
        end as is_first_attempt,
        -- of a conversation held beside another, its part
        cast(contacts.handle_seconds / coalesce(channels.concurrency, 1) as decimal(18, 2))
            as agent_seconds
    from contacts
    left join {{ ref("channels") }} as channels
        on contacts.channel = channels.channel
),

counted as (
    select
        half_hour,
        {{ slice_names(slices) | indent(8) }},
        sum(is_first_attempt) as first_attempts,
        count(agent_seconds) as contacts_timed,
        -- summed as decimals: in any order the same
        cast(coalesce(sum(agent_seconds), 0) as double) as agent_seconds,
        cast(coalesce(sum({{ squared("agent_seconds", 2) }}), 0) as double)
            as agent_seconds_squared
    from described
    group by {{ slice_sets("half_hour", slices) | indent(4) }}
),

-- the day of the newest contact may still bring more
seen as (
    select
        {{
            business_date(
                "max(contacts.queue_entered_at)", parameter("business_time_zone", "varchar")
            )
        }} as newest_date
    from {{ ref("contacts") }} as contacts
    where contacts.contact_source = 'contact'
),

spans as (
    select
        {{ half_hour(local_midnight("run.first_date", "run.business_time_zone")) }}
            as first_half_hour,
        {{
            half_hour(local_midnight(add_days("run.last_date", 1), "run.business_time_zone"))
        }} - 1 as last_half_hour
    from run
),

half_hours as (
    select {{ each_number("first_half_hour", "last_half_hour") }} as half_hour
    from spans
    where first_half_hour is not null
),

dated as (
    select
        half_hours.half_hour,
        run.as_of_date,
        {{
            business_date(half_hour_start("half_hours.half_hour"), "run.business_time_zone")
        }} as business_date,
        {{
            half_hour_of_day(half_hour_start("half_hours.half_hour"), "run.business_time_zone")
        }} as half_hour_of_day
    from half_hours
    cross join run
),

-- on which the calendar of every team closes
holidays as (
    select distinct holidays.holiday_date
    from {{ ref("business_holidays") }} as holidays
    inner join {{ ref("business_calendars") }} as calendars
        on holidays.calendar = calendars.calendar
    where calendars.team is null
),

calendar as (
    select
        dated.half_hour,
        dated.business_date,
        dated.half_hour_of_day,
        holidays.holiday_date is not null as is_holiday,
        coalesce(
            dated.business_date < seen.newest_date
            and dated.business_date < dated.as_of_date,
            false
        ) as is_known
    from dated
    cross join seen
    left join holidays
        on dated.business_date = holidays.holiday_date
),

final as (
    select
        calendar.*,
        'total' as slice_type,
        'all' as slice_value,
        coalesce(counted.first_attempts, 0) as first_attempts,
        coalesce(counted.contacts_timed, 0) as contacts_timed,
        coalesce(counted.agent_seconds, 0) as agent_seconds,
        coalesce(counted.agent_seconds_squared, 0) as agent_seconds_squared
    from calendar
    left join (select * from counted where slice_type = 'total') as counted
        on calendar.half_hour = counted.half_hour
    union all
    select
        calendar.*,
        counted.slice_type,
        counted.slice_value,
        counted.first_attempts,
        counted.contacts_timed,
        counted.agent_seconds,
        counted.agent_seconds_squared
    from counted
    inner join calendar
        on counted.half_hour = calendar.half_hour
    where counted.slice_type <> 'total'
)

select * from final
