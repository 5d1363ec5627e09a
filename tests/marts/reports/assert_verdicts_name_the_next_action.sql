-- A warning and an alert name the next action, in both languages.
-- A failure means that a line is red and nobody knows what to do. Look first at next_action_fr and
-- next_action_en of the KPI in kpi_documentation.csv.
{%- for report in ["agent", "manager", "direction", "real_time", "monthly_committee"] %}
select
    '{{ report }}' as report,
    kpi_id,
    status
from {{ ref(report) }}
where
    status in ('warn', 'alert')
    and (next_action_fr is null or next_action_en is null)
{{ "union all" if not loop.last }}
{%- endfor %}
