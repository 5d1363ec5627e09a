-- The business dates whose measures must be summed again: those of every version of the changed
-- contacts, so that a contact moved from one day to another is taken off the first. The site of a
-- contact that names none may be said by one that follows it: then its day is any around its own.
-- The first transfer or escalation of all says something of every contact before it.
with contact_versions as (
    select * from {{ ref("stg_interactions__contact_versions") }}
),

versions as (
    select
        contact_id,
        coalesce(site, 'unknown') as site,
        {{ quarter_hour("queue_entered_at") }} as quarter_hour
    from contact_versions
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

followed as (
    select distinct parent_contact_id as contact_id
    from contact_versions
    where parent_contact_id is not null
),

days_around as (
    select distinct {{ utc_date("contact_versions.queue_entered_at") }} as utc_date
    from contact_versions
    inner join followed
        on contact_versions.contact_id = followed.contact_id
    inner join {{ ref("int_contacts_changed") }} as changed
        on contact_versions.contact_id = changed.contact_id
    where
        contact_versions.site is null
        and contact_versions.queue_entered_at is not null
),

first_of_all as (
    select min(transfers_known_in_batch) as known_in_batch
    from {{ ref("int_platforms_with_legs") }}
    union all
    select min(levels_known_in_batch)
    from {{ ref("int_platforms_with_legs") }}
    union all
    select min(batch)
    from {{ ref("stg_interactions__ticket_event_versions") }}
    where event_type in ('escalated', 'escalation_rejected')
),

final as (
    {%- for days in [-1, 0, 1] %}
    select {{ add_days("utc_date", days) }} as business_date
    from days_around
    union
    {%- endfor %}
    select local_dates.business_date
    from quarter_hours
    inner join {{ ref("int_contact_local_dates") }} as local_dates
        on
            quarter_hours.site = local_dates.site
            and quarter_hours.quarter_hour = local_dates.quarter_hour
    union
    select before.business_date
    from (
        {{ rows_as_built("measures_contacts", {"business_date": "date"}) | indent(8) }}
    ) as before
    where
        (select max(first_of_all.known_in_batch) from first_of_all)
        > {{ previous_batch() }}
)

select * from final
