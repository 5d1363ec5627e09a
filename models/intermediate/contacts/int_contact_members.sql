-- Current rows of the changed contacts, each with the contact it is folded into (itself, mostly).
with versions as (
    select contacts.*
    from {{ ref("stg_interactions__contact_versions") }} as contacts
    inner join {{ ref("int_contacts_changed") }} as changed
        on contacts.contact_id = changed.contact_id
),

current_contacts as (
    {{ current_version("versions", ["contact_id"], "updated_at") }}
),

final as (
    select
        current_contacts.*,
        coalesce(roots.root_contact_id, current_contacts.contact_id) as root_contact_id
    from current_contacts
    left join {{ ref("int_contact_roots") }} as roots
        on current_contacts.contact_id = roots.contact_id
)

select * from final
