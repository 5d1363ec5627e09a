-- Detractors by the date of their answer, each counted once the time to call back is over.
with detractors as (
    select * from {{ ref("int_detractors_followed") }}
    where is_observed
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
        count(*) as detractors_accepting_contact,
        count(case when is_reached_in_time then 1 end) as detractors_reached_in_time
    from detractors
    group by 1, 2, 3, 4, 5, 6, 7
)

select * from final
