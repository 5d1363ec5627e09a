-- A callback follows a contact that may itself follow another: each ends up in its outermost known
-- ancestor. A parent that never arrived or was deleted folds nothing, nor does a cycle: the
-- contact then stands for itself and is not listed here.
with versions as (
    select * from {{ ref("stg_interactions__contact_versions") }}
),

family_members as (
    select contact_id
    from versions
    where parent_contact_id is not null
    union
    select parent_contact_id
    from versions
    where parent_contact_id is not null
),

family_versions as (
    select versions.*
    from versions
    inner join family_members
        on versions.contact_id = family_members.contact_id
),

current_contacts as (
    {{ current_version("family_versions", ["contact_id"], "updated_at") }}
),

children as (
    select
        current_contacts.contact_id,
        current_contacts.parent_contact_id
    from current_contacts
    inner join current_contacts as parents
        on current_contacts.parent_contact_id = parents.contact_id
),

final as (
    {{ ends_of_chains("children", "contact_id", "parent_contact_id", end_key="root_contact_id") }}
)

select * from final
