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

sited as (
    select
        contacts.*,
        {{
            business_date(
                "contacts.queue_entered_at",
                "coalesce(sites.time_zone, run.business_time_zone)"
            )
        }} as business_date,
        row_number() over (
            partition by contacts.ticket_id
            order by contacts.queue_entered_at, contacts.contact_id
        ) as contact_of_ticket
    from contacts
    cross join run
    left join {{ ref("sites") }} as sites
        on contacts.site = sites.site
    where contacts.queue_entered_at <= run.as_of
),

final as (
    select
        sited.*,
        -- a reference that leads to no customer is still one person
        coalesce(
            refs.customer_id,
            case
                when sited.customer_ref_type = 'customer_id' then sited.customer_ref
                else sited.customer_ref_type || ':' || sited.customer_ref
            end
        ) as customer_id,
        coalesce(
            refs.identity_rule,
            case
                when sited.customer_ref is null then 'none'
                when sited.customer_ref_type = 'customer_id' then 'customer_id'
                else 'anonymous'
            end
        ) as identity_rule,
        coalesce(refs.segment, 'unknown') as segment,
        coalesce(reasons.reason_group, sited.reason, 'unknown') as reason_group,
        coalesce(
            queues.service_level_seconds,
            {{ parameter("service_level_seconds") }}
        ) as service_level_seconds,
        coalesce(
            queues.short_abandon_seconds,
            {{ parameter("short_abandon_seconds") }}
        ) as short_abandon_seconds,
        coalesce(
            sited.is_escalated_by_leg
            -- a ticket's escalation counts once, on the first contact that names the ticket
            or (milestones.is_escalated and sited.contact_of_ticket = 1),
            false
        ) as is_escalated
    from sited
    left join {{ ref("int_customer_references_matched") }} as refs
        on
            sited.customer_ref_type = refs.ref_type
            and sited.customer_ref = refs.ref_value
            and refs.customer_id is not null
    left join {{ ref("reasons") }} as reasons
        on sited.reason = reasons.reason
    left join {{ ref("queues") }} as queues
        on sited.queue = queues.queue
    left join {{ ref("int_ticket_milestones") }} as milestones
        on sited.ticket_id = milestones.ticket_id
)

select * from final
