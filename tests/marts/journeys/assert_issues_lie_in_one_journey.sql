-- All contacts of an issue are in one journey.
-- A failure means that a journey was cut where an issue goes on. Look first at the parameters: the
-- quiet period of journeys must be at least the window of issues.
select
    issue_contacts.issue_id,
    count(distinct strands.journey_id) as journey_count
from {{ ref("issue_contacts") }} as issue_contacts
left join {{ ref("int_strands_in_journeys") }} as strands
    on issue_contacts.contact_id = strands.strand_id
group by 1
having
    count(distinct strands.journey_id) <> 1
    or count(*) <> count(strands.journey_id)
