-- The local date of each half-hour in which agents worked, in every zone there is: converting once
-- for each is many times quicker than converting every agent's.
with zones as (
    select time_zone from {{ ref("sites") }}
    union
    select {{ parameter("business_time_zone", "varchar") }} as time_zone
),

half_hours as (
    select distinct
        half_hour,
        half_hour_at
    from {{ ref("int_agent_half_hours_summed") }}
),

final as (
    select
        half_hours.half_hour,
        zones.time_zone,
        {{ business_date("half_hours.half_hour_at", "zones.time_zone") }} as business_date
    from half_hours
    cross join zones
)

select * from final
