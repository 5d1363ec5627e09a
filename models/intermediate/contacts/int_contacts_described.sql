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
        -- a site that only a later record of the contact names received nothing then
        coalesce(
            local_dates.business_date,
            {{
                business_date(
                    "contacts.queue_entered_at",
                    "coalesce(sites.time_zone, " ~ parameter("business_time_zone", "varchar") ~ ")"
                )
            }}
        ) as business_date
    from contacts
    cross join run
    left join {{ ref("sites") }} as sites
        on contacts.site = sites.site
    left join {{ ref("int_contact_local_dates") }} as local_dates
        on
            coalesce(contacts.site, 'unknown') = local_dates.site
            and {{ quarter_hour("contacts.queue_entered_at") }} = local_dates.quarter_hour
    where contacts.queue_entered_at <= run.as_of
),

-- A ticket's escalation counts once: on the first contact that an agent handled for it.
ranked_for_ticket as (
    select
        contact_id,
        ticket_id,
        row_number() over (
            partition by ticket_id
            order by
                case when is_handled and direction = 'inbound' then 0 else 1 end,
                queue_entered_at,
                contact_id
        ) as rank_for_ticket
    from dated
    where ticket_id is not null
),

escalated_by_ticket as (
    select ranked_for_ticket.contact_id
    from ranked_for_ticket
    inner join {{ ref("int_ticket_milestones") }} as milestones
        on ranked_for_ticket.ticket_id = milestones.ticket_id
    where
        ranked_for_ticket.rank_for_ticket = 1
        and milestones.is_escalated
),

final as (
    select
        dated.* exclude (is_test),
        dated.is_test or coalesce(refs.is_excluded, false) as is_test,
        {{ referenced_person("dated") }} as customer_id,
        {{ identity_rule("dated") }} as identity_rule,
        coalesce(versions.segment, refs.segment, 'unknown') as segment,
        coalesce(reasons.reason_group, dated.reason, 'unknown') as reason_group,
        coalesce(
            queues.service_level_seconds,
            {{ parameter("service_level_seconds") }}
        ) as service_level_seconds,
        coalesce(
            queues.short_abandon_seconds,
            {{ parameter("short_abandon_seconds") }}
        ) as short_abandon_seconds,
        dated.is_escalated_by_leg
        or escalated_by_ticket.contact_id is not null as is_escalated
    from dated
    left join {{ ref("int_customer_references_matched") }} as refs
        on {{ reference_held_at("dated", "queue_entered_at") }}
    left join {{ ref("int_customer_versions_dated") }} as versions
        on {{ customer_as_of("refs.customer_id", "dated.business_date") }}
    left join {{ ref("reasons") }} as reasons
        on dated.reason = reasons.reason
    left join {{ ref("queues") }} as queues
        on dated.queue = queues.queue
    left join escalated_by_ticket
        on dated.contact_id = escalated_by_ticket.contact_id
)

select * from final
