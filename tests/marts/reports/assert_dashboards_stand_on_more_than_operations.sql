-- Operational figures alone say nothing of what customers felt or what it brought: a dashboard on
-- which people decide shows the customer beside them, and all headline KPIs stand before the
-- direction. The watch over the day is the exception. Look first at seeds/dashboard_kpis.csv.
{%- set needed = {
    "manager": ["internal_process", "customer", "learning_growth", "financial"],
    "direction": ["internal_process", "customer", "learning_growth", "financial"],
    "monthly_committee": ["internal_process", "customer", "learning_growth", "financial"],
    "agent": ["internal_process", "customer", "learning_growth"],
} %}
with perspectives as (
    select
        dashboard_kpis.dashboard,
        catalogue.perspective
    from {{ ref("dashboard_kpis") }} as dashboard_kpis
    inner join {{ ref("kpi_catalogue") }} as catalogue
        on dashboard_kpis.kpi_id = catalogue.kpi_id
),

needed as (
    {%- for dashboard, perspectives in needed.items() %}
    {%- set last = loop.last %}
    {%- for perspective in perspectives %}
    select
        '{{ dashboard }}' as dashboard,
        '{{ perspective }}' as perspective
    {{ "union all" if not (last and loop.last) }}
    {%- endfor %}
    {%- endfor %}
)

select
    dashboard,
    perspective as missing
from needed
where
    not exists (
        select 1
        from perspectives
        where
            needed.dashboard = perspectives.dashboard
            and needed.perspective = perspectives.perspective
    )
union all
select
    'direction',
    kpi_id
from {{ ref("kpi_catalogue") }}
where
    tier = 'headline'
    and valid_to is null
    and kpi_id not in (
        select kpi_id from {{ ref("dashboard_kpis") }}
        where dashboard = 'direction'
    )
