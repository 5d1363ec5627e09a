-- The trend of a line holds at most twelve values, and the line's own comes last.
-- A failure means that a reader sees another figure at the end of the curve than beside it. Look
-- first at int_kpi_trends.
{%- for report in ["agent", "manager", "direction", "real_time", "monthly_committee"] %}
select
    '{{ report }}' as report,
    kpi_id,
    period_start,
    value,
    trend
from {{ ref(report) }}
where
    {{ list_length("trend") }} > 12
    or {{ list_item("trend", list_length("trend")) }} is distinct from value
{{ "union all" if not loop.last }}
{%- endfor %}
