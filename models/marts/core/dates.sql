-- From the first day that anything was observed to the as-of day. Subscriptions and jobs may have
-- begun years before: they set the first day only where nothing else was observed.
with run as (
    select * from {{ ref("int_run_dated") }}
),

observations as (
    select business_date as observed_on from {{ ref("contacts") }}
    union all
    select created_date from {{ ref("tickets") }}
    union all
    select sent_date from {{ ref("int_survey_invitations_described") }}
    union all
    select ordered_date from {{ ref("orders") }}
    union all
    select issued_on from {{ ref("documents") }}
),

observed as (
    select
        coalesce(
            (select min(observed_on) from observations),
            (select min(snapshot_date) from {{ ref("int_snapshot_instants") }}),
            (select min(hired_on) from {{ ref("int_agent_spells_resolved") }}),
            (select min(entitled_from) from {{ ref("stg_steering__dashboard_users") }})
        ) as first_date,
        run.as_of_date
    from run
),

final as (
    select
        calendar_date,
        {{ period_start("week", "calendar_date") }} as week_start,
        {{ period_start("month", "calendar_date") }} as month_start,
        {{ period_start("quarter", "calendar_date") }} as quarter_start,
        {{ iso_weekday("calendar_date") }} as iso_weekday
    from {{ dates_between("first_date", "as_of_date", "observed") }} as calendar
)

select * from final
order by calendar_date
