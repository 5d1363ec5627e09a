-- Between two journeys of one person lies more than the quiet period.
-- A failure means that one episode is cut in two. Look first at int_strands_in_journeys.
with journeys as (
    select
        customer_id,
        is_excluded,
        journey_id,
        started_at,
        max(ended_at) over (
            partition by customer_id, is_excluded order by started_at, journey_id
            rows between unbounded preceding and 1 preceding
        ) as busy_until
    from {{ ref("customer_journeys") }}
    where customer_id is not null
)

select *
from journeys
where started_at <= {{ add_hours("busy_until", parameter("journey_quiet_hours")) }}
