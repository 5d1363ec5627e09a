-- Whoever is asked for more speed or less cost is shown what it must not cost: each such KPI names
-- one of quality or of people. A failure means that a KPI can be improved at the customer's expense
-- without anybody seeing it. Look first at guardrail_kpi_id and concern of the row in
-- kpi_documentation.csv.
select
    documentation.kpi_id,
    documentation.concern,
    documentation.guardrail_kpi_id,
    guardrails.concern as concern_of_guardrail
from {{ ref("kpi_documentation") }} as documentation
left join {{ ref("kpi_documentation") }} as guardrails
    on documentation.guardrail_kpi_id = guardrails.kpi_id
where
    (documentation.concern in ('speed', 'cost') and guardrails.kpi_id is null)
    or guardrails.concern not in ('quality', 'people')
    or documentation.guardrail_kpi_id = documentation.kpi_id
