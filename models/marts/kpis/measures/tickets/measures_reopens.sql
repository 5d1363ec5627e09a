-- Tickets on the day of their first solve: how long it took, and whether it held, which counts once
-- the time in which a reopening does is over.
with recorded as (
    select bool_or(reopen_count > 0) as has_reopenings
    from {{ ref("tickets") }}
),

solved as (
    select
        *,
        cast(first_resolution_elapsed_seconds as double) as seconds
    from {{ ref("int_tickets_first_solved") }}
),

final as (
    select
        business_date,
        channel,
        reason_group,
        team,
        brand,
        count(*) as first_solves,
        cast(sum(first_resolution_elapsed_seconds) as decimal(38, 4)) as first_resolution_seconds,
        sum(seconds * seconds) as first_resolution_seconds_squared,
        count(case when is_reopen_mature then 1 end) as tickets_first_solved,
        -- a source that records no reopening at all does not say that there was none
        case
            when bool_and(recorded.has_reopenings)
                then count(case when is_reopen_mature and is_reopened_within_window then 1 end)
        end as tickets_reopened,
        count(case when not is_reopen_mature then 1 end) as first_solves_pending
    from solved
    cross join recorded
    group by 1, 2, 3, 4, 5
)

select * from final
