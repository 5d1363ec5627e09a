-- When a subscription ended after a request to cancel, and how long the request had to wait: from
-- the first one that stood, that is, that no withdrawal answered before the end.
with run as (
    select * from {{ ref("int_run_observed") }}
),

events as (
    select * from {{ ref("int_cancel_events_grouped") }}
),

ends as (
    select
        requests.cancel_episode_id,
        min(ended.effective_at) as ended_at
    from events as requests
    inner join {{ ref("stg_billing__subscription_events") }} as ended
        on
            requests.subscription_id = ended.subscription_id
            and ended.event_type = 'ended'
            and ended.effective_at >= requests.effective_at
    cross join run
    where
        requests.is_first_request
        -- an end that is announced has not happened
        and ended.effective_at <= run.as_of
    group by 1
),

before_the_end as (
    select
        events.*,
        ends.ended_at,
        coalesce(
            max(case when not events.is_request then events.request_number end)
                over (partition by events.cancel_episode_id),
            0
        ) as last_withdrawn_request_number
    from events
    inner join ends
        on
            events.cancel_episode_id = ends.cancel_episode_id
            and events.effective_at <= ends.ended_at
),

dated as (
    select
        cancel_episode_id,
        ended_at,
        min(
            case
                when is_request and request_number > last_withdrawn_request_number
                    then event_date
            end
        ) as confirmed_date
    from before_the_end
    group by 1, 2
),

final as (
    select
        dated.cancel_episode_id,
        dated.ended_at,
        {{
            dbt.datediff(
                "dated.confirmed_date",
                business_date("dated.ended_at", "run.business_time_zone"),
                "day"
            )
        }} as days_to_termination
    from dated
    cross join run
)

select * from final
