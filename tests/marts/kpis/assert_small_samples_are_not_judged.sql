-- A sample below the KPI's minimum is never judged; for one person's figure the minimum of agents'
-- views comes first.
-- A failure means that chance is taken for a result. Look first at status in int_kpi_statuses, then
-- at minimum_sample in kpi_catalogue.csv and kpi_agent_views.csv.
with published as (
    select
        'kpi_values' as table_name,
        kpi_id,
        kpi_version,
        status,
        sample_size,
        null as minimum_sample_of_agent
    from {{ ref("kpi_values") }}
    union all
    select
        'agent_kpi_values',
        figures.kpi_id,
        figures.kpi_version,
        figures.status,
        figures.sample_size,
        agent_views.minimum_sample
    from {{ ref("agent_kpi_values") }} as figures
    inner join {{ ref("kpi_agent_views") }} as agent_views
        on figures.kpi_id = agent_views.kpi_id
)

select
    published.*,
    catalogue.minimum_sample
from published
inner join {{ ref("published_kpi_catalogue") }} as catalogue
    on
        published.kpi_id = catalogue.kpi_id
        and published.kpi_version = catalogue.kpi_version
where
    published.status in ('ok', 'warn', 'alert')
    and published.sample_size
    < coalesce(published.minimum_sample_of_agent, catalogue.minimum_sample)
