-- How the journeys of each customer went: the latest one, and what the last year of them took.
with journeys as (
    select
        journeys.*,
        journeys.started_at > {{ add_hours("run.as_of", "-24 * 365") }} as is_of_last_year,
        row_number() over (
            partition by journeys.customer_id
            order by journeys.started_at desc, journeys.journey_id desc
        ) as number_from_end
    from {{ ref("customer_journeys") }} as journeys
    cross join {{ ref("int_run_observed") }} as run
    where
        journeys.customer_id is not null
        and not journeys.is_excluded
),

final as (
    select
        customer_id,
        max(case when number_from_end = 1 then journey_id end) as latest_journey_id,
        max(case when number_from_end = 1 then outcome end) as latest_journey_outcome,
        max(case when number_from_end = 1 then entry_reason_group end) as latest_reason_group,
        sum(case when is_of_last_year then 1 else 0 end) as journey_count_365_days,
        sum(case when is_of_last_year then repeat_count end) as repeat_count_365_days,
        sum(case when is_of_last_year then effort_count end) as effort_count_365_days,
        sum(case when is_of_last_year then cost_eur end) as service_cost_eur_365_days,
        sum(open_ticket_count) as open_ticket_count
    from journeys
    group by 1
)

select * from final
