-- Each contact as its platform recorded it, callbacks and continuations too, under the customer of
-- the contact that it is folded into.
with versions as (
    select *
    from {{ ref("stg_interactions__contact_versions") }}
    where {{ of_changed_strands("contact_id") }}
),

current_contacts as (
    {{ current_version("versions", ["contact_id"], "updated_at") }}
),

recorded as (
    select
        contacts.contact_id as reference_id,
        contacts.channel,
        contacts.direction,
        contacts.disposition,
        contacts.queue_entered_at,
        contacts.answered_at,
        contacts.ended_at,
        coalesce(roots.root_contact_id, contacts.contact_id) as contact_id
    from current_contacts as contacts
    left join {{ ref("int_contact_roots") }} as roots
        on contacts.contact_id = roots.contact_id
),

final as (
    select
        'interactions.contacts' as source,
        recorded.reference_id,
        'contact' as event_type,
        recorded.queue_entered_at as event_at,
        {{ contact_over_at("recorded") }} as over_at,
        contacts.customer_id,
        {{ serving_channel("recorded") }} as channel,
        recorded.direction,
        recorded.disposition as outcome,
        contacts.reason_group,
        contacts.brand,
        contacts.contact_id,
        contacts.ticket_id,
        contacts.is_internal or contacts.is_test or contacts.is_spam as is_excluded
    from recorded
    inner join {{ ref("contacts") }} as contacts
        on recorded.contact_id = contacts.contact_id
)

select * from final
