-- Tickets on the day of their first solve: they count once the time in which a reopening does is
-- over.
with recorded as (
    select bool_or(reopen_count > 0) as has_reopenings
    from {{ ref("tickets") }}
),

solved as (
    select
        tickets.*,
        {{
            business_date("tickets.first_solved_at", parameter("business_time_zone", "varchar"))
        }} as solved_date
    from {{ ref("tickets") }} as tickets
    where
        tickets.first_solved_at is not null
        and not tickets.is_spam
        and not tickets.is_test
        and not tickets.is_merged
),

final as (
    select
        solved_date as business_date,
        channel,
        reason_group,
        team,
        brand,
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
