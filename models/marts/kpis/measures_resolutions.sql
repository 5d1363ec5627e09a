-- Tickets that are solved now, on the day of their last solve.
with run as (
    select * from {{ ref("int_run_observed") }}
),

solved as (
    select
        tickets.*,
        {{ business_date("tickets.last_solved_at", "run.business_time_zone") }} as solved_date,
        cast(tickets.full_resolution_elapsed_seconds as double) as seconds
    from {{ ref("tickets") }} as tickets
    cross join run
    where
        tickets.is_solved
        and not tickets.is_spam
        and not tickets.is_merged
),

final as (
    select
        solved_date as business_date,
        channel,
        reason_group,
        team,
        brand,
        count(*) as tickets_solved,
        cast(sum(full_resolution_elapsed_seconds) as decimal(38, 4)) as resolution_seconds,
        sum(seconds * seconds) as resolution_seconds_squared,
        count(case when is_one_touch then 1 end) as tickets_one_touch
    from solved
    group by 1, 2, 3, 4, 5
)

select * from final
