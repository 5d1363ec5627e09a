-- What an agent sees of their own: of the KPIs that these measures could make, those chosen for it.
with figures as (
    {{
        kpi_figures(
            ["contacts", "issues", "issue_contacts", "surveys", "quality", "skills"],
            "int_agent_views_measured",
            has_own_periods=true,
        ) | indent(4)
    }}
)

select figures.*
from figures
inner join {{ ref("kpi_agent_views") }} as agent_views
    on figures.kpi_id = agent_views.kpi_id
