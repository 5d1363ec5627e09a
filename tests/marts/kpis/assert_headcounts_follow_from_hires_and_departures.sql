{{ config(severity = "warn") }}
-- Who was there, plus who came, less who left, is who is there: in every month and quarter.
-- A failure means that turnover counts a departure that no headcount shows, or misses one: somebody
-- left twice within one month, or the stays of a person overlap. Look first at
-- int_agent_spells_resolved, then at int_agent_months_dated.
select
    period_grain,
    period_start,
    sum(headcount_at_opening) as opening,
    sum(hires) as hires,
    sum(leavers) as leavers,
    sum(headcount_at_closing) as closing
from {{ ref("measures_agents") }}
group by 1, 2
having sum(headcount_at_opening) + sum(hires) - sum(leavers) <> sum(headcount_at_closing)
