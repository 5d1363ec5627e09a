-- Who is entitled to dashboards at the end of a period, and who of them looked at one in the local
-- dates before it. Dates, not hours: the clocks change within some windows.
with run as (
    select * from {{ ref("int_run_observed") }}
),

periods as (
    select * from {{ ref("int_staff_periods") }}
    where is_closing_month
),

views as (
    select distinct
        views.viewer_ref,
        {{ business_date("views.viewed_at", "run.business_time_zone") }} as viewed_date
    from {{ ref("stg_steering__dashboard_views") }} as views
    cross join run
    where
        views.viewer_ref is not null
        and views.viewed_at <= run.as_of
),

-- a person with several entitlements is one user, in the role that began last
entitlements as (
    select
        periods.period_grain,
        periods.period_start,
        periods.snapshot_date,
        users.viewer_ref,
        users.role,
        users.entitled_from
    from periods
    inner join {{ ref("stg_steering__dashboard_users") }} as users
        on
            periods.snapshot_date >= users.entitled_from
            and periods.snapshot_date
            <= coalesce(users.entitled_to, cast('9999-12-31' as date))
    -- before the first view landed nobody is known not to look
    where periods.snapshot_date >= (select min(views.viewed_date) from views)
),

users as (
    select *
    from {{
        first_row_per_key(
            "entitlements",
            ["period_grain", "period_start", "viewer_ref"],
            ["entitled_from desc", "role"]
        )
    }} as latest
),

active as (
    select distinct
        users.period_grain,
        users.period_start,
        users.viewer_ref
    from users
    inner join views
        on
            users.viewer_ref = views.viewer_ref
            and views.viewed_date <= users.snapshot_date
            and views.viewed_date > {{
                add_days(
                    "users.snapshot_date",
                    "-1 * " ~ parameter("dashboard_adoption_days", "integer")
                )
            }}
),

final as (
    select
        users.period_grain,
        users.period_start,
        users.role,
        count(*) as users_entitled,
        count(active.viewer_ref) as users_active
    from users
    left join active
        on
            users.period_grain = active.period_grain
            and users.period_start = active.period_start
            and users.viewer_ref = active.viewer_ref
    group by 1, 2, 3
)

select * from final
