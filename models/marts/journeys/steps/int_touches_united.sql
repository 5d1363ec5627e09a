-- a view: read twice, and too wide to be written on the way
{{ config(materialized = "view") }}
-- Every touch of every source in one shape. The strand is the contact or the ticket that a touch is
-- part of, or refers to: a touch that names neither has none.
with touches as (
    select * from {{ ref("int_contact_touches") }}
    union all by name
    select * from {{ ref("int_ticket_touches") }}
    union all by name
    select * from {{ ref("int_survey_touches") }}
    union all by name
    select * from {{ ref("int_billing_touches") }}
    union all by name
    select * from {{ ref("int_feedback_touches") }}
),

final as (
    select
        source,
        reference_id,
        event_type,
        event_at,
        over_at,
        customer_id,
        channel,
        direction,
        outcome,
        reason_group,
        brand,
        contact_id,
        ticket_id,
        instrument,
        score,
        sentiment,
        value_eur,
        coalesce(is_excluded, false) as is_excluded,
        source in ('interactions.contacts', 'interactions.tickets', 'interactions.ticket_events')
            as is_strand_touch,
        coalesce(contact_id, {{ ticket_contact_id("ticket_id") }}) as strand_id
    from touches
)

select * from final
