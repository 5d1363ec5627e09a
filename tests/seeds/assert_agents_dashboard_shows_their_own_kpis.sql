-- The agent's dashboard shows the KPIs that agents have of their own, and no other.
-- A failure means that a line of it stays empty, or that a figure is made which nobody sees. Look
-- first at dashboard_kpis.csv, then at kpi_agent_views.csv.
with shown as (
    select kpi_id from {{ ref("dashboard_kpis") }}
    where dashboard = 'agent'
)

select
    shown.kpi_id as shown_kpi_id,
    agent_views.kpi_id as own_kpi_id
from shown
full join {{ ref("kpi_agent_views") }} as agent_views
    on shown.kpi_id = agent_views.kpi_id
where
    shown.kpi_id is null
    or agent_views.kpi_id is null
