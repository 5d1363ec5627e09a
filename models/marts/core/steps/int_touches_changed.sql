-- a view: read by int_persons_changed alone
{{ config(materialized = "view") }}
-- Orders, documents, public feedback and surveys that new batches changed, or that the time they
-- brought did: whose they are now, and whose they were when the last build ended.
{%- set key_by_key = "false" if any_not_built("person") else "true" %}
with run as (
    select
        observed.as_of,
        contexts.previous_as_of
    from {{ ref("int_run_observed") }} as observed
    cross join {{ ref("stg_pilotage__run_context") }} as contexts
),

rows_changed as (
    select
        source_name || '.' || table_name as source,
        row_key as reference_id,
        event_on
    from {{ ref("stg_pilotage__landed_touches") }}
    where
        batch > {{ previous_batch() }}
        and {{ key_by_key }}
),

references_changed as (
    select * from {{ ref("int_customer_references_matched") }}
    where
        changed_in_batch > {{ previous_batch() }}
        and {{ key_by_key }}
),

contacts_changed as (
    select contact_id from {{ ref("int_contacts_changed") }}
    where {{ key_by_key }}
),

rates_changed as (
    select min(event_on) as changed_from
    from rows_changed
    where source = 'billing.exchange_rates'
),

-- each touch with the contacts and tickets that it names, with what time alone adds to it, and with
-- the day whose rate gives it a value
touches as (
    select
        'billing.orders' as source,
        order_id as reference_id,
        customer_id as person_id,
        contact_id as strand_id,
        refunded_at as followed_at,
        case when currency <> 'EUR' then ordered_date end as rated_on
    from {{ ref("orders") }}
    union all
    select
        'billing.documents',
        document_id,
        customer_id,
        null,
        null,
        case when currency <> 'EUR' then issued_on end
    from {{ ref("documents") }}
    union all
    select
        'interactions.public_feedback',
        feedback_id,
        customer_id,
        null,
        replied_at,
        null
    from {{ ref("int_feedback_described") }}
    {%- for strand in ["exchange_id", "contact_id", ticket_contact_id("ticket_id")] %}
    union all
    select
        'surveys.invitations',
        invitation_id,
        customer_id,
        {{ strand }},
        null,
        null
    from {{ ref("int_survey_invitations_described") }}
    {%- endfor %}
),

keys_changed as (
    select
        source,
        reference_id
    from rows_changed
    union
    -- what an answer is about, and of whom, is said by its invitation
    select
        'surveys.invitations',
        answers.invitation_id
    from {{ ref("stg_surveys__answers") }} as answers
    inner join rows_changed
        on
            answers.answer_id = rows_changed.reference_id
            and rows_changed.source = 'surveys.answers'
    union
    -- of what is gone, as the last build left it
    select
        'surveys.invitations',
        before.invitation_id
    from (
        {{
            rows_as_built(
                "survey_answers", {"answer_id": "varchar", "invitation_id": "varchar"}
            ) | indent(8)
        }}
    ) as before
    inner join rows_changed
        on
            before.answer_id = rows_changed.reference_id
            and rows_changed.source = 'surveys.answers'
    union
    select
        'surveys.invitations',
        invitations.invitation_id
    from {{ ref("stg_surveys__invitations") }} as invitations
    inner join references_changed
        on
            {{ reference_type("invitations") }} = references_changed.ref_type
            and invitations.customer_ref = references_changed.ref_value
    union
    select
        touches.source,
        touches.reference_id
    from touches
    cross join run
    cross join rates_changed
    where
        touches.strand_id in (select contacts_changed.contact_id from contacts_changed)
        or (touches.followed_at > run.previous_as_of and touches.followed_at <= run.as_of)
        or touches.rated_on >= rates_changed.changed_from
),

final as (
    select
        touches.person_id,
        touches.strand_id
    from touches
    inner join keys_changed
        on
            touches.source = keys_changed.source
            and touches.reference_id = keys_changed.reference_id
    union
    select
        before.customer_id,
        coalesce(before.contact_id, {{ ticket_contact_id("before.ticket_id") }})
    from (
        {{
            rows_as_built(
                "customer_events",
                {
                    "source": "varchar",
                    "reference_id": "varchar",
                    "customer_id": "varchar",
                    "contact_id": "varchar",
                    "ticket_id": "varchar",
                },
            ) | indent(8)
        }}
    ) as before
    inner join keys_changed
        on
            before.source = keys_changed.source
            and before.reference_id = keys_changed.reference_id
    union
    -- a touch of nobody known is a person of its own
    select
        source || ':' || reference_id,
        null
    from keys_changed
    union
    -- of several answers to one question the last counts
    select
        'surveys.answers:' || answers.answer_id,
        null
    from {{ ref("stg_surveys__answers") }} as answers
    inner join keys_changed
        on
            answers.invitation_id = keys_changed.reference_id
            and keys_changed.source = 'surveys.invitations'
)

select * from final
