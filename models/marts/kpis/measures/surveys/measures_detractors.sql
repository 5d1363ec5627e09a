-- Detractors by the date of their answer, each counted once the time to call back is over.
with detractors as (
    select * from {{ ref("int_detractors_followed") }}
),

final as (
    select
        answered_date as business_date,
        channel,
        reason_group,
        team,
        segment,
        brand,
        site,
        count(case when is_observed then 1 end) as detractors_accepting_contact,
        count(case when is_observed and is_reached_in_time then 1 end)
            as detractors_reached_in_time,
        count(case when not is_observed then 1 end) as detractors_pending
    from detractors
    group by 1, 2, 3, 4, 5, 6, 7
)

select * from final
