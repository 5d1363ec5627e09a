-- The business date of each quarter of an hour in which a site received something. Every time
-- zone's offset is a multiple of a quarter of an hour, so converting once for each is exact, and
-- many times quicker than converting every contact in the zone of its own site.
with received as (
    select
        site,
        {{ quarter_hour("queue_entered_at") }} as quarter_hour,
        min(queue_entered_at) as received_at
    from {{ ref("stg_interactions__contact_versions") }}
    -- a deletion may come with its key alone
    where queue_entered_at is not null
    group by 1, 2
    union
    select
        cast(null as varchar),
        {{ quarter_hour("created_at") }},
        min(created_at)
    from {{ ref("stg_interactions__ticket_versions") }}
    where created_at is not null
    group by 1, 2
),

dated as (
    select
        coalesce(received.site, 'unknown') as site,
        received.quarter_hour,
        {{
            business_date(
                "received.received_at",
                "coalesce(sites.time_zone, " ~ parameter("business_time_zone", "varchar") ~ ")"
            )
        }} as business_date
    from received
    left join {{ ref("sites") }} as sites
        on received.site = sites.site
),

final as (
    select distinct
        site,
        quarter_hour,
        business_date
    from dated
)

select * from final
