-- a view: read by the sums and by the quantiles of first solves
{{ config(materialized = "view") }}
-- Tickets on the day of their first solve, reopened since or not.
with tickets as (
    select * from {{ ref("tickets") }}
),

final as (
    select
        tickets.*,
        {{
            business_date("tickets.first_solved_at", parameter("business_time_zone", "varchar"))
        }} as business_date
    from tickets
    where
        tickets.first_solved_at is not null
        and not tickets.is_spam
        and not tickets.is_test
        and not tickets.is_merged
)

select * from final
