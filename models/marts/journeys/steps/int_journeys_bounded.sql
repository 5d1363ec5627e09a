-- From when to when a journey lasts, whose it is, and how it began.
with strands as (
    select * from {{ ref("int_strands_in_journeys") }}
    where {{ of_changed_journeys("journey_id") }}
),

bounds as (
    select
        journey_id,
        -- no team's own hours: a journey passes through several
        cast(null as varchar) as team,
        min(customer_id) as customer_id,
        bool_or(is_excluded) as is_excluded,
        min(started_at) as started_at,
        max(ended_at) as ended_at
    from strands
    group by 1
),

first_events as (
    select * from {{
        first_row_per_key(
            "(select * from " ~ ref("customer_events") ~ " where journey_link = 'own' and "
            ~ of_changed_journeys("journey_id") ~ ") as own_events",
            ["journey_id"],
            ["event_at", "event_id"]
        )
    }} as first_own_events
),

final as (
    select
        bounds.journey_id,
        bounds.customer_id,
        bounds.is_excluded,
        bounds.started_at,
        bounds.ended_at,
        bounds.ended_at_business_clock - bounds.started_at_business_clock as open_seconds,
        first_events.channel as entry_channel,
        first_events.reason_group as entry_reason_group,
        first_events.brand
    from {{ with_business_clocks("bounds", "team", ["started_at", "ended_at"]) }} as bounds
    inner join first_events
        on bounds.journey_id = first_events.journey_id
)

select * from final
