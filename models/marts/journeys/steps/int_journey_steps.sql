{{
    config(
        materialized = "incremental",
        incremental_strategy = "append",
        on_schema_change = "fail",
        pre_hook = "{{ delete_where(of_changed_persons('person_id') ~ ' or ' ~ of_changed_journeys('journey_id')) }}",
    )
}}
-- Incremental by journey: see int_journeys_changed.
-- The stations of a journey, in order: contacts, and what they led to. A station is named by its
-- channel and what happened there, so that the same way is the same text for everybody.
with strands as (
    select
        strand_id,
        journey_id,
        customer_id,
        is_excluded
    from {{ ref("int_strands_in_journeys") }}
    where {{ of_changed_journeys("journey_id") }}
),

-- an order after a contact that counts nowhere is in that contact's journey
persons as (
    select
        journey_id,
        coalesce(min(customer_id), journey_id) as person_id
    from strands
    group by 1
),

contacts as (
    select
        contacts.*,
        strands.journey_id
    from {{ ref("contacts") }} as contacts
    inner join strands
        on contacts.contact_id = strands.strand_id
    where not strands.is_excluded
),

-- a bot or a menu that passed its customer on to an agent is a station before the agent's
passed_on_steps as (
    select
        journey_id,
        cast(null as varchar) as contact_id,
        queue_entered_at as event_at,
        0 as rank_at_same_instant,
        reason_group,
        case automated_disposition
            when 'bot_failed' then 'bot failed'
            when 'bot_contained' then 'bot contained'
            else channel || ' ivr contained'
        end as step
    from contacts
    where
        direction = 'inbound'
        and automated_disposition is not null
        and not is_automated
),

contact_steps as (
    select
        contacts.journey_id,
        contacts.contact_id,
        contacts.agents_queue_entered_at as event_at,
        1 as rank_at_same_instant,
        contacts.reason_group,
        case
            when contacts.direction = 'outbound' then contacts.channel || ' outbound'
            when contacts.disposition = 'bot_failed' then 'bot failed'
            when contacts.disposition = 'bot_contained' then 'bot contained'
            when contacts.is_handled then contacts.channel || ' handled'
            else
                contacts.channel || ' '
                || replace(coalesce(contacts.disposition, 'waiting'), '_', ' ')
        end as step
    from contacts
),

event_steps as (
    select
        journey_id,
        cast(null as varchar) as contact_id,
        event_at,
        1 as rank_at_same_instant,
        reason_group,
        replace(replace(event_type, 'subscription_', ''), '_', ' ') as step
    from {{ ref("customer_events") }}
    where
        journey_id is not null
        and {{ of_changed_journeys("journey_id") }}
        and not is_excluded
        and event_type in (
            'ticket_reopened',
            'order_placed',
            'subscription_cancel_requested',
            'subscription_cancel_withdrawn',
            'subscription_ended'
        )
        and outcome is distinct from 'automatic'
),

steps as (
    select * from passed_on_steps
    union all
    select * from contact_steps
    union all
    select * from event_steps
),

{%- set in_time = "event_at, rank_at_same_instant, coalesce(contact_id, '~'), step" %}

numbered as (
    select
        journey_id,
        row_number() over (partition by journey_id order by {{ in_time }}) as step_number,
        step,
        event_at,
        contact_id,
        {{ last_known("reason_group", "journey_id", in_time) }} as reason_group,
        lag(step) over (partition by journey_id order by {{ in_time }}) as previous_step,
        lag(event_at) over (partition by journey_id order by {{ in_time }}) as previous_event_at
    from steps
),

final as (
    select
        numbered.*,
        persons.person_id
    from numbered
    left join persons
        on numbered.journey_id = persons.journey_id
)

select * from final
