-- A time that may be too long or too short is no target of one person: such a figure of an agent
-- has neither verdict nor threshold.
-- A failure means that an agent is asked to be quicker and slower at once. Look first at the
-- thresholds that int_kpi_statuses gives to the slice agent.
select
    figures.kpi_id,
    figures.period_start,
    figures.agent_id,
    figures.status,
    figures.warn_threshold
from {{ ref("agent_kpi_values") }} as figures
inner join {{ ref("published_kpi_catalogue") }} as catalogue
    on
        figures.kpi_id = catalogue.kpi_id
        and figures.kpi_version = catalogue.kpi_version
where
    catalogue.direction = 'band'
    and (
        figures.status in ('ok', 'warn', 'alert')
        or figures.warn_threshold is not null
    )
