-- Every contact that landed is in exactly one journey, and the journeys count no other.
-- A failure means that a contact was dropped or doubled on the way to the time line. Look first
-- at int_contact_touches (is its contact in core.contacts?), then at int_strands_in_journeys.
with landed as (
    select contacts.contact_id
    from {{ ref("stg_interactions__contacts") }} as contacts
    cross join {{ ref("int_run_observed") }} as run
    left join {{ ref("int_contact_roots") }} as roots
        on contacts.contact_id = roots.contact_id
    inner join {{ ref("stg_interactions__contacts") }} as root_contacts
        on coalesce(roots.root_contact_id, contacts.contact_id) = root_contacts.contact_id
    where root_contacts.queue_entered_at <= run.as_of
),

counted as (
    select
        events.reference_id as contact_id,
        count(journeys.journey_id) as journey_count
    from {{ ref("customer_events") }} as events
    left join {{ ref("customer_journeys") }} as journeys
        on events.journey_id = journeys.journey_id
    where events.event_type = 'contact'
    group by 1
)

select
    landed.contact_id,
    counted.journey_count
from landed
full join counted
    on landed.contact_id = counted.contact_id
where
    landed.contact_id is null
    or counted.journey_count is distinct from 1
union all
-- the journeys' own counts add up to the same
select
    'all',
    journeys.contact_count - landed_contacts.contact_count
from (
    select coalesce(sum(contact_count), 0) as contact_count
    from {{ ref("customer_journeys") }}
) as journeys
cross join (select count(*) as contact_count from landed) as landed_contacts
where journeys.contact_count <> landed_contacts.contact_count
