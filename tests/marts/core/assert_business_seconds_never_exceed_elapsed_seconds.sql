-- No more open time passes than time.
-- A failure means that overlapping openings are counted twice, or that the two clocks measure
-- between different instants. Look first at int_business_hours_cumulated.
{%- set durations = [
    "first_reply", "first_resolution", "full_resolution", "customer_wait", "agent_wait"
] %}
select *
from {{ ref("tickets") }}
where
    {%- for duration in durations %}
    {{ "or " if not loop.first }}{{ duration }}_open_seconds < 0
    or {{ duration }}_open_seconds > {{ duration }}_elapsed_seconds
    or ({{ duration }}_open_seconds is null) <> ({{ duration }}_elapsed_seconds is null)
    {%- endfor %}
