{{
    config(
        materialized = "incremental",
        incremental_strategy = "append",
        on_schema_change = "fail",
        pre_hook = "{{ delete_persons_known_to_be_built() }}",
    )
}}
-- Whose rows must be built again: everybody of whom new batches changed a contact, a ticket or
-- another touch, the identity, or what a window that closed since the last build makes final. Found
-- where they are now and where the last build left them. Incremental to remember: what a run that
-- failed half-way changed must be built again by the next one, whatever it changed.
-- Nobody known is the contact or the ticket. A row without a person says that everything changed.
{%- set since = previous_batch() %}
{%- set facts = [
    "issue_contacts",
    "issues",
    "int_strands_in_journeys",
    "customer_events",
    "customer_journeys",
    "int_journey_steps",
    "int_contact_sequels",
    "int_agent_half_hours_summed",
    "int_subscription_snapshots",
    "int_customer_snapshots",
    "subscription_months",
    "mrr_movements",
] %}
{%- set missing = [] %}
{%- for fact in facts if execute and as_built(fact) is none %}
    {%- do missing.append(fact) %}
{%- endfor %}
with run as (
    select
        observed.as_of,
        observed.as_of_date,
        contexts.previous_as_of,
        contexts.latest_batch
    from {{ ref("int_run_observed") }} as observed
    cross join {{ ref("stg_pilotage__run_context") }} as contexts
),

{% if not execute or (is_incremental() and not missing) %}

rows_changed as (
    select
        source_name || '.' || table_name as source,
        row_key as reference_id,
        event_on
    from {{ ref("stg_pilotage__landed_touches") }}
    where batch > {{ since }}
),

references_changed as (
    select * from {{ ref("int_customer_references_matched") }}
    where changed_in_batch > {{ since }}
),

orders as (
    select
        orders.customer_id,
        orders.contact_id,
        orders.order_id
    from {{ ref("orders") }} as orders
    cross join run
    where
        orders.order_id in (
            select news.reference_id from rows_changed as news
            where news.source = 'billing.orders'
        )
        or orders.contact_id in (
            select news.contact_id from {{ ref("int_contacts_changed") }} as news
        )
        or (orders.refunded_at > run.previous_as_of and orders.refunded_at <= run.as_of)
        or (
            orders.currency <> 'EUR'
            and orders.ordered_date >= (
                select min(news.event_on) from rows_changed as news
                where news.source = 'billing.exchange_rates'
            )
        )
),

documents as (
    select documents.customer_id
    from {{ ref("documents") }} as documents
    where
        documents.document_id in (
            select news.reference_id from rows_changed as news
            where news.source = 'billing.documents'
        )
        or (
            documents.currency <> 'EUR'
            and documents.issued_on >= (
                select min(news.event_on) from rows_changed as news
                where news.source = 'billing.exchange_rates'
            )
        )
),

feedback as (
    select
        coalesce(
            feedback.customer_id, 'interactions.public_feedback:' || feedback.feedback_id
        ) as person_id
    from {{ ref("int_feedback_described") }} as feedback
    cross join run
    where
        feedback.feedback_id in (
            select news.reference_id from rows_changed as news
            where news.source = 'interactions.public_feedback'
        )
        or (feedback.replied_at > run.previous_as_of and feedback.replied_at <= run.as_of)
),

-- what an invitation asks about says whose it is, and of whom it is
invitation_ids as (
    select news.reference_id as invitation_id
    from rows_changed as news
    where news.source = 'surveys.invitations'
    union
    select answers.invitation_id
    from {{ ref("stg_surveys__answers") }} as answers
    where
        answers.answer_id in (
            select news.reference_id from rows_changed as news
            where news.source = 'surveys.answers'
        )
    union
    select invitations.invitation_id
    from {{ ref("stg_surveys__invitations") }} as invitations
    inner join references_changed
        on
            invitations.customer_ref_type = references_changed.ref_type
            and invitations.customer_ref = references_changed.ref_value
),

invitations as (
    select
        invitations.invitation_id,
        invitations.customer_id,
        invitations.contact_id,
        invitations.ticket_id,
        invitations.exchange_id
    from {{ ref("int_survey_invitations_described") }} as invitations
    where
        invitations.invitation_id in (select ids.invitation_id from invitation_ids as ids)
        or invitations.exchange_id in (
            select news.contact_id from {{ ref("int_contacts_changed") }} as news
        )
        or invitations.contact_id in (
            select news.contact_id from {{ ref("int_contacts_changed") }} as news
        )
        or {{ ticket_contact_id("invitations.ticket_id") }} in (
            select news.contact_id from {{ ref("int_contacts_changed") }} as news
        )
),

-- the rows of other sources as the last build left them
events_before as (
    select
        events.source,
        events.customer_id,
        coalesce(events.contact_id, {{ ticket_contact_id("events.ticket_id") }}) as strand_id
    from {{ as_built("customer_events") }} as events
    inner join (
        select
            source,
            reference_id
        from rows_changed
        union
        select
            'surveys.invitations',
            invitation_id
        from invitation_ids
    ) as news
        on
            events.source = news.source
            and events.reference_id = news.reference_id
),

-- a subscription is one story, whoever held it
subscription_events as (
    select
        events.event_id,
        events.subscription_id,
        events.contact_id,
        events.effective_at,
        {{ surviving_customer("events") }} as customer_id
    from {{ ref("stg_billing__subscription_events") }} as events
    left join {{ ref("int_customer_survivors_resolved") }} as survivors
        on events.customer_id = survivors.customer_id
),

episodes_ripened as (
    select grouped.subscription_id
    from {{ ref("int_cancel_events_grouped") }} as grouped
    inner join {{ ref("cancel_episodes") }} as episodes
        on grouped.cancel_episode_id = episodes.cancel_episode_id
    cross join run
    where
        -- the window ends with its last day, wherever that is
        episodes.window_ends_on >= {{ add_days(utc_date("run.previous_as_of"), -2) }}
        and episodes.window_ends_on <= run.as_of_date
),

subscriptions as (
    select subscription_id from episodes_ripened
    union
    select events.subscription_id
    from subscription_events as events
    cross join run
    where
        events.event_id in (
            select news.reference_id from rows_changed as news
            where news.source = 'billing.subscription_events'
        )
        or events.customer_id in (
            select before.customer_id from events_before as before
            where before.source = 'billing.subscription_events'
        )
        or events.contact_id in (
            select news.contact_id from {{ ref("int_contacts_changed") }} as news
        )
        or (events.effective_at > run.previous_as_of and events.effective_at <= run.as_of)
),

subscribers as (
    select
        events.customer_id,
        events.contact_id
    from subscription_events as events
    inner join subscriptions
        on events.subscription_id = subscriptions.subscription_id
),

-- contacts and tickets that changed, or that a row which changed names: the row is theirs
named as (
    select contact_id from {{ ref("int_contacts_changed") }}
    union
    select contact_id from orders
    union
    select contact_id from subscribers
    union
    select exchange_id from invitations
    union
    select contact_id from invitations
    union
    select {{ ticket_contact_id("ticket_id") }} from invitations
    union
    select strand_id from events_before
),

strands as (
    select contact_id as strand_id
    from named
    where contact_id is not null
    union
    select roots.root_contact_id
    from {{ ref("int_contact_roots") }} as roots
    inner join named
        on roots.contact_id = named.contact_id
),

contacts as (
    select
        contact_id,
        customer_id,
        {{ ticket_contact_id("ticket_id") }} as ticket_contact_id
    from {{ ref("contacts") }}
),

persons as (
    select strand_id as person_id from strands
    union
    select contacts.customer_id
    from contacts
    inner join strands
        on contacts.contact_id = strands.strand_id
    union
    select tickets.customer_id
    from {{ ref("tickets") }} as tickets
    inner join strands
        on {{ ticket_contact_id("tickets.ticket_id") }} = strands.strand_id
    union
    select before.customer_id
    from {{ as_built("int_strands_in_journeys") }} as before
    inner join strands
        on before.strand_id = strands.strand_id
    union
    select customer_id from references_changed
    union
    -- the reference itself is a person where it leads to nobody
    select case when ref_type = 'customer_id' then ref_value else ref_type || ':' || ref_value end
    from references_changed
    union
    select source || ':' || reference_id from rows_changed
    union
    select customer_id from events_before
    union
    select customer_id from orders
    union
    select customer_id from documents
    union
    select person_id from feedback
    union
    select customer_id from invitations
    union
    -- of nobody: of several answers to one question the last counts
    select 'surveys.invitations:' || invitation_id
    from invitation_ids
    union
    select 'surveys.answers:' || answers.answer_id
    from {{ ref("stg_surveys__answers") }} as answers
    inner join invitation_ids
        on answers.invitation_id = invitation_ids.invitation_id
    union
    select customer_id from subscribers
    union
    select before.customer_id
    from {{ as_built("issue_contacts") }} as before
    cross join run
    where before.window_ends_at > run.previous_as_of and before.window_ends_at <= run.as_of
),

-- of nobody known: the ticket that the contact refers to, and all that refer to it
tickets_of_nobody as (
    select contacts.ticket_contact_id as person_id
    from contacts
    inner join persons
        on contacts.contact_id = persons.person_id
    where contacts.customer_id is null
),

contacts_of_nobody as (
    select contacts.contact_id
    from contacts
    inner join (
        select person_id from persons
        union
        select person_id from tickets_of_nobody
    ) as tickets
        on contacts.ticket_contact_id = tickets.person_id
    where contacts.customer_id is null
),

listed as (
    select person_id from persons
    where person_id is not null
    union
    select person_id from tickets_of_nobody
    where person_id is not null
    union
    select contact_id from contacts_of_nobody
    union all
    select cast(null as varchar)
    from run
    where
        run.previous_as_of is null
        or run.as_of < run.previous_as_of
),

{% else %}

listed as (
    select cast(null as varchar) as person_id
),

{% endif %}

final as (
    select
        listed.person_id,
        run.latest_batch as changed_in_batch
    from listed
    cross join run
)

select * from final
