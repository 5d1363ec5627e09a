-- a view: read once, by the next step, and too wide to be written on the way
{{ config(materialized = "view") }}
-- Contacts and the tickets that stand for one, with what the reference seeds and the identity of
-- the customer say of them. A code that no seed knows stands for itself.
with run as (
    select * from {{ ref("int_run_observed") }}
),

contacts as (
    select * from {{ ref("int_contacts_folded") }}
    union all
    select * from {{ ref("int_ticket_contacts") }}
),

dated as (
    select
        contacts.*,
        local_dates.business_date,
        row_number() over (
            partition by contacts.ticket_id
            order by contacts.queue_entered_at, contacts.contact_id
        ) as contact_of_ticket
    from contacts
    cross join run
    left join {{ ref("int_contact_local_dates") }} as local_dates
        on
            coalesce(contacts.site, 'unknown') = local_dates.site
            and {{ quarter_hour("contacts.queue_entered_at") }} = local_dates.quarter_hour
    where contacts.queue_entered_at <= run.as_of
),

final as (
    select
        dated.*,
        -- a reference that leads to no customer is still one person
        coalesce(
            refs.customer_id,
            case
                when dated.customer_ref_type = 'customer_id' then dated.customer_ref
                else dated.customer_ref_type || ':' || dated.customer_ref
            end
        ) as customer_id,
        coalesce(
            refs.identity_rule,
            case
                when dated.customer_ref is null then 'none'
                when dated.customer_ref_type = 'customer_id' then 'customer_id'
                else 'anonymous'
            end
        ) as identity_rule,
        coalesce(refs.segment, 'unknown') as segment,
        coalesce(reasons.reason_group, dated.reason, 'unknown') as reason_group,
        coalesce(
            queues.service_level_seconds,
            {{ parameter("service_level_seconds") }}
        ) as service_level_seconds,
        coalesce(
            queues.short_abandon_seconds,
            {{ parameter("short_abandon_seconds") }}
        ) as short_abandon_seconds,
        coalesce(
            dated.is_escalated_by_leg
            -- a ticket's escalation counts once, on the first contact that names the ticket
            or (milestones.is_escalated and dated.contact_of_ticket = 1),
            false
        ) as is_escalated
    from dated
    left join {{ ref("int_customer_references_matched") }} as refs
        on
            dated.customer_ref_type = refs.ref_type
            and dated.customer_ref = refs.ref_value
            and refs.customer_id is not null
    left join {{ ref("reasons") }} as reasons
        on dated.reason = reasons.reason
    left join {{ ref("queues") }} as queues
        on dated.queue = queues.queue
    left join {{ ref("int_ticket_milestones") }} as milestones
        on dated.ticket_id = milestones.ticket_id
)

select * from final
