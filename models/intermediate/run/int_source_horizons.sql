-- a view: a few rows, joined to
{{ config(materialized = "view") }}
-- How far each table lets us see: a window that ends after its newest event is not over, however
-- late it is by the other tables. Not by int_run_checked: its readers are built by every run.
select
    events.source,
    events.table_name,
    {{ seen_until("events.newest_event_at") }} as seen_until
from {{ ref("int_source_events_observed") }} as events
cross join {{ ref("stg_pilotage__run_context") }} as run_context
cross join {{ ref("int_run_observed") }} as run
