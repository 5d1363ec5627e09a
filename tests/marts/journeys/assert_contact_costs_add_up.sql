-- What the handled contacts of a channel and month cost adds up to what that channel cost.
-- A failure means that a journey or a transition is charged too much or too little. Look first at
-- int_contact_costs. A tenth of a cent may be lost per contact, as each is rounded.
with parts as (
    select
        {{ period_start("month", "contacts.business_date") }} as month_start,
        contacts.channel,
        sum(costs.cost_eur) as cost_eur,
        count(*) as contact_count
    from {{ ref("int_contact_costs") }} as costs
    inner join {{ ref("contacts") }} as contacts
        on costs.contact_id = contacts.contact_id
    group by 1, 2
)

select
    parts.month_start,
    parts.channel,
    parts.cost_eur,
    whole.own_cost_eur + whole.shared_cost_eur as expected_cost_eur
from parts
inner join {{ ref("int_service_costs_allocated") }} as whole
    on
        parts.month_start = whole.month_start
        and parts.channel = whole.channel
where
    abs(parts.cost_eur - whole.own_cost_eur - whole.shared_cost_eur)
    > 0.0001 * parts.contact_count
