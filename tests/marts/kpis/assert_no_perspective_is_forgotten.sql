-- The four perspectives of the balanced scorecard each have an active KPI. A failure means that a
-- whole dimension of performance is out of sight. Look first at the status of its KPIs in
-- kpi_catalogue.csv.
with perspectives (perspective) as (
    values ('internal_process'), ('customer'), ('learning_growth'), ('financial')
)

select perspectives.perspective
from perspectives
left join {{ ref("int_kpi_entries_checked") }} as entries
    on perspectives.perspective = entries.perspective
where entries.kpi_id is null
