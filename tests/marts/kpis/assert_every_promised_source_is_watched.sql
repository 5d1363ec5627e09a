-- Every table whose freshness the seed promises is looked at.
-- A failure means that a promise was added for a table that nobody watches: it would never count as
-- late. Look first at the tables listed in int_source_events_observed.
select
    promises.source,
    promises.table_name
from {{ ref("sources") }} as promises
left join {{ ref("int_source_events_observed") }} as events
    on
        promises.source = events.source
        and promises.table_name = events.table_name
where
    promises.freshness_hours is not null
    and events.source is null
