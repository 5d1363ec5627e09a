-- Which sources keep their promise? The newest event of a table must not be older than the hours
-- that its row of the seed promises, which leave room for nights and weekends.
with promises as (
    select * from {{ ref("sources") }}
    where freshness_hours is not null
),

checked as (
    select * from {{ ref("int_run_checked") }}
),

final as (
    select
        promises.source,
        promises.table_name,
        promises.owner_role,
        promises.freshness_hours,
        events.newest_event_at,
        cast(
            {{ seconds_between("events.newest_event_at", "checked.checked_at") }} / 3600
            as decimal(18, 2)
        ) as hours_behind,
        -- what is promised and never came is as late as can be
        coalesce(
            {{ add_hours("events.newest_event_at", "promises.freshness_hours") }}
            >= checked.checked_at,
            false
        ) as is_fresh,
        checked.checked_at
    from promises
    cross join checked
    left join {{ ref("int_source_events_observed") }} as events
        on
            promises.source = events.source
            and promises.table_name = events.table_name
)

select * from final
order by source, table_name
