-- What new batches changed, followed to every contact that must be told again: a contact's own
-- row, its legs, the reference that leads to its customer, its ticket, and the contacts folded
-- with it. When contacts are built from nothing, that is all of them.
{%- set since = previous_batch("core", "contacts") %}
with recursive contact_versions as (
    select * from {{ ref("stg_interactions__contact_versions") }}
),

tickets_touched as (
    select ticket_id
    from {{ ref("stg_interactions__ticket_versions") }}
    where batch > {{ since }}
    union
    select ticket_id
    from {{ ref("stg_interactions__ticket_event_versions") }}
    where batch > {{ since }}
    union
    -- a contact that begins or ceases to name a ticket
    select ticket_id
    from contact_versions
    where
        batch > {{ since }}
        and ticket_id is not null
),

references_touched as (
    select
        ref_type,
        ref_value
    from {{ ref("int_customer_references_matched") }}
    where changed_in_batch > {{ since }}
),

directly_touched as (
    select contact_id
    from contact_versions
    where batch > {{ since }}
    union
    select contact_id
    from {{ ref("stg_interactions__contact_leg_versions") }}
    where batch > {{ since }}
    union
    select contact_versions.contact_id
    from contact_versions
    inner join tickets_touched
        on contact_versions.ticket_id = tickets_touched.ticket_id
    union
    select contact_versions.contact_id
    from contact_versions
    inner join references_touched
        on
            contact_versions.customer_ref_type = references_touched.ref_type
            and contact_versions.customer_ref = references_touched.ref_value
    union
    -- the first legs of a platform say something of all its contacts
    select contact_versions.contact_id
    from contact_versions
    inner join {{ ref("int_platforms_with_legs") }} as platforms
        on
            contact_versions.channel = platforms.channel
            and coalesce(contact_versions.brand, 'unknown') = platforms.brand
            and coalesce(contact_versions.site, 'unknown') = platforms.site
            and platforms.known_in_batch > {{ since }}
    union
    select {{ ticket_contact_id("tickets.ticket_id") }}
    from {{ ref("stg_interactions__ticket_versions") }} as tickets
    inner join references_touched
        on
            tickets.customer_ref_type = references_touched.ref_type
            and tickets.customer_ref = references_touched.ref_value
    union
    select {{ ticket_contact_id("ticket_id") }}
    from tickets_touched
),

-- parents and children, in any version, in both directions
ties as (
    select
        contact_id,
        parent_contact_id as tied_contact_id
    from contact_versions
    where parent_contact_id is not null
    union
    select
        parent_contact_id,
        contact_id
    from contact_versions
    where parent_contact_id is not null
),

-- only contacts with ties are walked; `union` ends the walk where ties form a cycle
families as (
    select directly_touched.contact_id
    from directly_touched
    inner join ties
        on directly_touched.contact_id = ties.contact_id
    union
    select ties.tied_contact_id
    from families
    inner join ties
        on families.contact_id = ties.contact_id
),

final as (
    select contact_id
    from directly_touched
    union
    select contact_id
    from families
)

select * from final
