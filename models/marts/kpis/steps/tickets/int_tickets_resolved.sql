-- a view: read by the sums and by the quantiles of resolutions
{{ config(materialized = "view") }}
-- Tickets that are solved now, on the day of their last solve.
with tickets as (
    select * from {{ ref("tickets") }}
),

final as (
    select
        tickets.*,
        {{
            business_date("tickets.last_solved_at", parameter("business_time_zone", "varchar"))
        }} as business_date
    from tickets
    where
        tickets.is_solved
        and not tickets.is_spam
        and not tickets.is_test
        and not tickets.is_merged
)

select * from final
