-- The business dates whose measures must be summed again: those of every version of the changed
-- contacts, so that a contact moved from one day to another is taken off the first.
with versions as (
    select
        contact_id,
        coalesce(site, 'unknown') as site,
        {{ quarter_hour("queue_entered_at") }} as quarter_hour
    from {{ ref("stg_interactions__contact_versions") }}
    union all
    select
        {{ ticket_contact_id("ticket_id") }},
        'unknown',
        {{ quarter_hour("created_at") }}
    from {{ ref("stg_interactions__ticket_versions") }}
),

quarter_hours as (
    select distinct
        versions.site,
        versions.quarter_hour
    from versions
    inner join {{ ref("int_contacts_changed") }} as changed
        on versions.contact_id = changed.contact_id
),

final as (
    select distinct local_dates.business_date
    from quarter_hours
    inner join {{ ref("int_contact_local_dates") }} as local_dates
        on
            quarter_hours.site = local_dates.site
            and quarter_hours.quarter_hour = local_dates.quarter_hour
)

select * from final
