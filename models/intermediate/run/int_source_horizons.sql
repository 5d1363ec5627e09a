-- a view: a few rows, joined to
{{ config(materialized = "view") }}
-- How far each table lets us see: a window that ends after its newest event is not over, however
-- late it is by the other tables. Whoever looks back sees all that there was.
select
    events.source,
    events.table_name,
    case
        when checked.is_look_back then observed.as_of
        else coalesce(events.newest_event_at, observed.as_of)
    end as seen_until
from {{ ref("int_source_events_observed") }} as events
cross join {{ ref("int_run_checked") }} as checked
cross join {{ ref("int_run_observed") }} as observed
