-- Agents' half-hours on the local date of the site, in the team they had that day.
with zone as (
    select {{ parameter("business_time_zone", "varchar") }} as business_time_zone
),

half_hours as (
    select
        half_hours.*,
        zone.business_time_zone,
        dates.business_date as service_date
    from {{ ref("int_agent_half_hours_summed") }} as half_hours
    cross join zone
    inner join {{ ref("int_half_hour_dates") }} as dates
        on
            half_hours.half_hour = dates.half_hour
            and zone.business_time_zone = dates.time_zone
),

described as (
    select
        half_hours.*,
        coalesce(versions.team, 'unknown') as team,
        coalesce(versions.site, 'unknown') as site,
        coalesce(sites.time_zone, half_hours.business_time_zone) as time_zone
    from half_hours
    left join {{ ref("int_agent_versions_dated") }} as versions
        on
            half_hours.agent_id = versions.agent_id
            and half_hours.service_date >= versions.from_date
            and half_hours.service_date < versions.until_date
    left join {{ ref("sites") }} as sites
        on versions.site = sites.site
),

final as (
    select
        described.agent_id,
        described.half_hour,
        described.half_hour_at,
        dates.business_date,
        described.team,
        described.site,
        described.busy_seconds,
        described.present_seconds
    from described
    inner join {{ ref("int_half_hour_dates") }} as dates
        on
            described.half_hour = dates.half_hour
            and described.time_zone = dates.time_zone
)

select * from final
