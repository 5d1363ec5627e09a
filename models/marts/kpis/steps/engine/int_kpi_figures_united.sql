-- a view: read twice, by the next step
{{ config(materialized = "view") }}
-- Every family of measures has its figures in a model of its own, all of one shape.
{%- set families = [
    "contacts",
    "contact_demand",
    "issues",
    "issue_contacts",
    "replies",
    "resolutions",
    "reopens",
    "backlog",
    "self_service",
    "surveys",
    "invitations",
    "servqual",
    "detractors",
    "complaints",
    "retention",
    "customer_value",
    "revenue",
    "recurring_revenue",
    "orders",
    "repurchase",
    "repurchase_uplift",
    "cancellations",
    "cancellations_avoided",
    "costs",
    "agents",
    "skills",
    "dashboards",
    "quality",
    "writing",
    "activity",
    "trainings",
    "staffing",
    "half_hours",
    "resolution_costs",
    "service_value",
    "freshness",
    "registry",
    "agent_views",
] %}
with final as (
    {%- for family in families %}
    select * from {{ ref("int_kpi_figures_" ~ family) }}
    {{ "union all" if not loop.last }}
    {%- endfor %}
)

select * from final
