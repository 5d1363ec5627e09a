-- What new batches changed, followed to every contact that must be made again: a contact's own
-- row, its legs, its ticket, the reference that leads to its customer, and all that is tied to it,
-- because what is folded or counted together is made together. When contacts are built from
-- nothing, that is all of them.
{%- set since = previous_batch() %}
with recursive contact_versions as (
    select * from {{ ref("stg_interactions__contact_versions") }}
),

ticket_versions as (
    select * from {{ ref("stg_interactions__ticket_versions") }}
),

-- a deletion may come with its key alone: another version says what it belonged to
legs_changed as (
    select versions.contact_id
    from {{ ref("stg_interactions__contact_leg_versions") }} as versions
    where
        versions.leg_id in (
            select news.leg_id
            from {{ ref("stg_interactions__contact_leg_versions") }} as news
            where news.batch > {{ since }}
        )
        and versions.contact_id is not null
),

ticket_events_changed as (
    select versions.ticket_id
    from {{ ref("stg_interactions__ticket_event_versions") }} as versions
    where
        versions.event_id in (
            select news.event_id
            from {{ ref("stg_interactions__ticket_event_versions") }} as news
            where news.batch > {{ since }}
        )
        and versions.ticket_id is not null
),

references_changed as (
    select distinct
        ref_type,
        ref_value
    from {{ ref("int_customer_references_matched") }}
    where changed_in_batch > {{ since }}
),

-- the first legs of a platform say something of all its contacts
platforms_changed as (
    select * from {{ ref("int_platforms_with_legs") }}
    where known_in_batch > {{ since }}
),

directly_changed as (
    select contact_id
    from contact_versions
    where batch > {{ since }}
    union
    select contact_id
    from legs_changed
    union
    select {{ ticket_contact_id("ticket_id") }}
    from ticket_versions
    where batch > {{ since }}
    union
    select {{ ticket_contact_id("ticket_id") }}
    from ticket_events_changed
    union
    select contact_versions.contact_id
    from contact_versions
    inner join references_changed
        on
            {{ reference_type("contact_versions") }} = references_changed.ref_type
            and contact_versions.customer_ref = references_changed.ref_value
    union
    select {{ ticket_contact_id("ticket_versions.ticket_id") }}
    from ticket_versions
    inner join references_changed
        on
            {{ reference_type("ticket_versions") }} = references_changed.ref_type
            and ticket_versions.customer_ref = references_changed.ref_value
    union
    select contact_versions.contact_id
    from contact_versions
    inner join platforms_changed
        on
            contact_versions.channel = platforms_changed.channel
            and coalesce(contact_versions.brand, 'unknown') = platforms_changed.brand
            and coalesce(contact_versions.site, 'unknown') = platforms_changed.site
),

-- parents, and tickets as the contact they may stand for, in any version
named as (
    select
        contact_id,
        parent_contact_id as tied_contact_id
    from contact_versions
    where parent_contact_id is not null
    union
    select
        contact_id,
        {{ ticket_contact_id("ticket_id") }}
    from contact_versions
    where ticket_id is not null
    union
    -- what a ticket was merged into says whether its contacts settled something
    select
        {{ ticket_contact_id("ticket_id") }},
        {{ ticket_contact_id("merged_into_ticket_id") }}
    from ticket_versions
    where merged_into_ticket_id is not null
),

ties as (
    select
        contact_id,
        tied_contact_id
    from named
    union
    select
        tied_contact_id,
        contact_id
    from named
),

-- only contacts with ties are walked; `union` ends the walk where ties form a cycle
families as (
    select directly_changed.contact_id
    from directly_changed
    inner join ties
        on directly_changed.contact_id = ties.contact_id
    union
    select ties.tied_contact_id
    from families
    inner join ties
        on families.contact_id = ties.contact_id
),

final as (
    select contact_id
    from directly_changed
    union
    select contact_id
    from families
)

select * from final
