{{
    config(
        materialized = "incremental",
        incremental_strategy = "append",
        on_schema_change = "fail",
        pre_hook = "{{ delete_where(of_changed_agent_days('agent_id', 'half_hour')) }}",
    )
}}
-- Incremental by agent and day: see int_agent_days_changed.
-- Each agent's time by half-hour. Half-hours are instants of UTC: a day on which the clocks change
-- has 46 or 50 of them, and none comes twice.
with stretches as (
    select
        *,
        {{ half_hour("started_at") }} as first_half_hour,
        {{ half_hour("ended_at") }} as last_half_hour
    from {{ ref("int_agent_time_swept") }}
),

pieces as (
    select
        agent_id,
        started_at,
        ended_at,
        is_busy,
        {{ each_number("first_half_hour", "last_half_hour") }} as half_hour
    from stretches
),

measured as (
    select
        agent_id,
        half_hour,
        is_busy,
        {{
            seconds_between(
                "greatest(started_at, " ~ half_hour_start("half_hour") ~ ")",
                "least(ended_at, " ~ half_hour_start("half_hour + 1") ~ ")",
            )
        }} as seconds
    from pieces
),

final as (
    select
        agent_id,
        half_hour,
        {{ half_hour_start("half_hour") }} as half_hour_at,
        cast(sum(case when is_busy then seconds else 0 end) as decimal(18, 4)) as busy_seconds,
        cast(sum(seconds) as decimal(18, 4)) as present_seconds
    from measured
    -- a stretch that ends with its half-hour only touches the next one
    where
        seconds > 0
        and {{ of_changed_agent_days("agent_id", "half_hour") }}
    group by 1, 2
)

select * from final
