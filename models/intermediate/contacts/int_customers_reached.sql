-- Contacts that the company made and that reached somebody, a callback that was folded into an
-- earlier contact included: it is still the company that called.
with versions as (
    select * from {{ ref("stg_interactions__contact_versions") }}
),

company_contact_ids as (
    select distinct contact_id
    from versions
    where
        direction = 'outbound'
        or initiated_by = 'company'
),

company_contact_versions as (
    select versions.*
    from versions
    inner join company_contact_ids
        on versions.contact_id = company_contact_ids.contact_id
),

current_contacts as (
    {{ current_version("company_contact_versions", ["contact_id"], "updated_at") }}
),

final as (
    select
        contacts.contact_id,
        {{ referenced_person("contacts") }} as customer_id,
        contacts.queue_entered_at as reached_at
    from current_contacts as contacts
    cross join {{ ref("int_run_observed") }} as run
    left join {{ ref("int_customer_references_matched") }} as refs
        on {{ reference_held_at("contacts", "queue_entered_at") }}
    where
        (contacts.direction = 'outbound' or contacts.initiated_by = 'company')
        -- ringing is not talking
        and contacts.disposition = 'answered'
        and not contacts.is_internal
        and not contacts.is_test
        and not contacts.is_spam
        and contacts.queue_entered_at <= run.as_of
)

select * from final
where customer_id is not null
