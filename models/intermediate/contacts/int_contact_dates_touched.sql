-- The business dates whose measures must be summed again: those of every version of the touched
-- contacts, so that a contact moved from one day to another is taken off the first.
with run as (
    select * from {{ ref("int_run_observed") }}
),

versions as (
    select
        contact_id,
        queue_entered_at,
        site
    from {{ ref("stg_interactions__contact_versions") }}
    union all
    select
        {{ ticket_contact_id("ticket_id") }},
        created_at,
        cast(null as varchar)
    from {{ ref("stg_interactions__ticket_versions") }}
),

final as (
    select distinct
        {{
            business_date(
                "versions.queue_entered_at",
                "coalesce(sites.time_zone, run.business_time_zone)"
            )
        }} as business_date
    from versions
    inner join {{ ref("int_contacts_touched") }} as touched
        on versions.contact_id = touched.contact_id
    cross join run
    left join {{ ref("sites") }} as sites
        on versions.site = sites.site
)

select * from final
