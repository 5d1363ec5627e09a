-- The legs of a contact, taken together over its agents, are its legs, and their time is its time.
-- Contacts with a leg of unknown length are left out: one knows the rest, the other does not; so
-- are those that others are folded into, which may come from a platform without legs.
-- A failure means that a leg was lost or counted twice when its contact was made again. Look first
-- at int_contact_agents_summed, then at int_contacts_changed.
with by_agents as (
    select
        contact_id,
        sum(leg_count) as leg_count,
        sum(handle_seconds) as handle_seconds
    from {{ ref("int_contact_agents_summed") }}
    group by 1
)

select
    contacts.contact_id,
    contacts.leg_count,
    contacts.handle_seconds,
    by_agents.leg_count as leg_count_of_agents,
    by_agents.handle_seconds as handle_seconds_of_agents
from {{ ref("contacts") }} as contacts
left join by_agents
    on contacts.contact_id = by_agents.contact_id
where
    coalesce(by_agents.leg_count, 0) <> contacts.leg_count
    or (
        contacts.leg_count > 0
        and contacts.folded_contact_count = 0
        and contacts.handle_seconds <> by_agents.handle_seconds
    )
