-- A dashboard that may hold six KPIs and shows seven is read by nobody. Look first at
-- seeds/dashboard_kpis.csv, then ask which one to give up.
with listed as (
    select
        dashboard,
        count(*) as kpis
    from {{ ref("dashboard_kpis") }}
    group by 1
),

shown as (
    {%- for report in ["agent", "manager", "direction", "real_time", "monthly_committee"] %}
    select
        '{{ report }}' as dashboard,
        count(distinct kpi_id) as kpis
    from {{ ref(report) }}
    {{ "union all" if not loop.last }}
    {%- endfor %}
),

counted as (
    select * from listed
    union all
    select * from shown
)

select
    counted.dashboard,
    counted.kpis,
    dashboards.max_kpis
from counted
left join {{ ref("dashboards") }} as dashboards
    on counted.dashboard = dashboards.dashboard
where
    dashboards.max_kpis is null
    or counted.kpis > dashboards.max_kpis
