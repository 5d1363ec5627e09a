-- When subscriptions are looked at: local midnight of each first of the month, and the as-of
-- instant, which closes the period still running.
with run as (
    select * from {{ ref("int_run_observed") }}
),

first_event as (
    select min(effective_at) as effective_at
    from {{ ref("stg_billing__subscription_events") }}
),

observed as (
    select
        {{ business_date("first_event.effective_at", "run.business_time_zone") }} as first_date,
        run.as_of_date
    from first_event
    cross join run
),

month_starts as (
    select distinct {{ period_start("month", "calendar_date") }} as snapshot_date
    from {{ dates_between("first_date", "as_of_date", "observed") }} as calendar
),

final as (
    select
        month_starts.snapshot_date,
        {{ local_midnight("month_starts.snapshot_date", "run.business_time_zone") }}
            as snapshot_at,
        true as is_month_start
    from month_starts
    cross join run
    union all
    select
        as_of_date,
        as_of,
        false
    from run
    where as_of is not null
)

select * from final
