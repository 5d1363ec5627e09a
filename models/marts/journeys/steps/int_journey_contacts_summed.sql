-- What agents did in each journey and what it cost, and the issues that it holds.
with strands as (
    select
        strand_id,
        journey_id
    from {{ ref("int_strands_in_journeys") }}
    where {{ of_changed_journeys("journey_id") }}
),

contacts as (
    select
        strands.journey_id,
        contacts.contact_id,
        contacts.is_handled,
        contacts.transfer_count,
        contacts.handle_seconds,
        costs.cost_eur,
        issue_contacts.is_anchor,
        issue_contacts.is_repeat
    from {{ ref("contacts") }} as contacts
    inner join strands
        on contacts.contact_id = strands.strand_id
    left join {{ ref("int_contact_costs") }} as costs
        on contacts.contact_id = costs.contact_id
    left join {{ ref("issue_contacts") }} as issue_contacts
        on contacts.contact_id = issue_contacts.contact_id
),

tickets as (
    select
        strands.journey_id,
        sum(case when tickets.is_open then 1 else 0 end) as open_ticket_count,
        sum(case when tickets.is_solved then 1 else 0 end) as solved_ticket_count
    from {{ ref("tickets") }} as tickets
    inner join strands
        on {{ ticket_contact_id("tickets.ticket_id") }} = strands.strand_id
    group by 1
),

summed as (
    select
        journey_id,
        sum(case when is_handled then 1 else 0 end) as handled_contact_count,
        sum(case when is_anchor then 1 else 0 end) as issue_count,
        sum(case when is_repeat then 1 else 0 end) as repeat_count,
        sum(transfer_count) as transfer_count,
        sum(handle_seconds) as handle_seconds,
        sum(cost_eur) as cost_eur
    from contacts
    group by 1
),

final as (
    select
        coalesce(summed.journey_id, tickets.journey_id) as journey_id,
        coalesce(summed.handled_contact_count, 0) as handled_contact_count,
        coalesce(summed.issue_count, 0) as issue_count,
        coalesce(summed.repeat_count, 0) as repeat_count,
        coalesce(summed.transfer_count, 0) as transfer_count,
        summed.handle_seconds,
        summed.cost_eur,
        coalesce(tickets.open_ticket_count, 0) as open_ticket_count,
        coalesce(tickets.solved_ticket_count, 0) as solved_ticket_count
    from summed
    full join tickets
        on summed.journey_id = tickets.journey_id
)

select * from final
