-- a view: read by int_persons_changed alone
{{ config(materialized = "view") }}
-- A subscription is one story, whoever held it: what changed of one of its events, or ripened with
-- time, bears on all its holders.
{%- set key_by_key = "false" if any_not_built("person") else "true" %}
with run as (
    select
        observed.as_of,
        observed.as_of_date,
        contexts.previous_as_of
    from {{ ref("int_run_observed") }} as observed
    cross join {{ ref("stg_pilotage__run_context") }} as contexts
),

events_changed as (
    select row_key as event_id
    from {{ ref("stg_pilotage__landed_touches") }}
    where
        source_name = 'billing'
        and table_name = 'subscription_events'
        and batch > {{ previous_batch() }}
        and {{ key_by_key }}
),

contacts_changed as (
    select contact_id from {{ ref("int_contacts_changed") }}
    where {{ key_by_key }}
),

-- whose they were when the last build ended
holders_before as (
    select before.customer_id
    from (
        {{
            rows_as_built(
                "customer_events",
                {"source": "varchar", "reference_id": "varchar", "customer_id": "varchar"},
            ) | indent(8)
        }}
    ) as before
    inner join events_changed
        on
            before.reference_id = events_changed.event_id
            and before.source = 'billing.subscription_events'
),

events as (
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

-- How far the last build saw, or less: what was corrected since is of a newer batch.
seen_before as (
    select
        coalesce(max(events.effective_at), max(run.previous_as_of)) as seen_until
    from {{ ref("stg_billing__subscription_events") }} as events
    cross join run
    where
        events.batch <= {{ previous_batch() }}
        and events.effective_at <= run.previous_as_of
),

episodes_ripened as (
    select grouped.subscription_id
    from {{ ref("int_cancel_events_grouped") }} as grouped
    inner join {{ ref("cancel_episodes") }} as episodes
        on grouped.cancel_episode_id = episodes.cancel_episode_id
    cross join run
    cross join seen_before
    where
        -- the window ends with its last day, wherever that is
        episodes.window_ends_on >= {{ add_days(utc_date("seen_before.seen_until"), -2) }}
        and episodes.window_ends_on <= run.as_of_date
),

subscriptions_changed as (
    select subscription_id from episodes_ripened
    union
    select events.subscription_id
    from events
    cross join run
    where
        events.event_id in (select events_changed.event_id from events_changed)
        or events.customer_id in (select holders_before.customer_id from holders_before)
        or events.contact_id in (select contacts_changed.contact_id from contacts_changed)
        or (events.effective_at > run.previous_as_of and events.effective_at <= run.as_of)
),

final as (
    select
        events.customer_id as person_id,
        events.contact_id as strand_id
    from events
    inner join subscriptions_changed
        on events.subscription_id = subscriptions_changed.subscription_id
    union
    select
        customer_id,
        null
    from holders_before
)

select * from final
