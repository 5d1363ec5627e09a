-- A dashboard that may hold six KPIs and shows seven is read by nobody. Look first at
-- int_scorecard_lines, which takes as many as may be of those listed in seeds/dashboard_kpis.csv.
with shown as (
    {%- for report in ["agent", "manager", "direction", "real_time", "monthly_committee"] %}
    select
        '{{ report }}' as dashboard,
        count(distinct kpi_id) as kpis
    from {{ ref(report) }}
    {{ "union all" if not loop.last }}
    {%- endfor %}
)

select
    shown.dashboard,
    shown.kpis,
    dashboards.max_kpis
from shown
left join {{ ref("dashboards") }} as dashboards
    on shown.dashboard = dashboards.dashboard
where
    dashboards.max_kpis is null
    or shown.kpis > dashboards.max_kpis
