-- a view: a step of measures_complaints alone
{{ config(materialized = "view") }}
-- Formal complaints that reached the service: a caller who gave up before anybody answered
-- complained to nobody. The same customer again about the same thing, soon after, is the same
-- complaint.
with complaints as (
    select
        contacts.contact_id,
        contacts.business_date,
        contacts.queue_entered_at,
        contacts.reason_group,
        contacts.segment,
        contacts.brand,
        lag(contacts.queue_entered_at) over (
            -- somebody unknown is somebody else each time
            partition by
                coalesce(contacts.customer_id, contacts.contact_id), contacts.reason_group
            order by contacts.queue_entered_at, contacts.contact_id
        ) as complained_before_at
    from {{ ref("contacts") }} as contacts
    inner join {{ ref("reasons") }} as reasons
        on contacts.reason = reasons.reason
    where
        contacts.is_offered
        and not contacts.is_abandoned
        and reasons.is_complaint
),

final as (
    select
        contact_id,
        business_date,
        reason_group,
        segment,
        brand,
        coalesce(
            queue_entered_at <= {{
                add_hours("complained_before_at", "24 * " ~ parameter("complaint_duplicate_days"))
            }},
            false
        ) as is_duplicate
    from complaints
)

select * from final
