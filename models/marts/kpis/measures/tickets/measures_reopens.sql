-- Tickets on the day of their first solve, once the time in which a reopening counts is over.
with mature as (
    select
        tickets.*,
        {{
            business_date("tickets.first_solved_at", parameter("business_time_zone", "varchar"))
        }} as solved_date
    from {{ ref("tickets") }} as tickets
    where
        tickets.is_reopen_mature
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
        count(*) as tickets_first_solved,
        count(case when is_reopened_within_window then 1 end) as tickets_reopened
    from mature
    group by 1, 2, 3, 4, 5
)

select * from final
