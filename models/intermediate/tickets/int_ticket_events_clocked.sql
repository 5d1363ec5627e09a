{{
    config(
        materialized = "incremental",
        incremental_strategy = "append",
        on_schema_change = "fail",
        pre_hook = "{{ delete_where(of_changed_tickets('ticket_id')) }}",
    )
}}
-- Incremental by ticket: see int_tickets_changed. What a ticket went through, in order, from its
-- creation to the as-of instant, on two clocks. An event dated a moment before its ticket was
-- created came with it: two clocks never agree to the fraction of a second. One dated earlier is a
-- clock's error: it says nothing, and a test counts it. One after the as-of instant has not
-- happened yet.
with run as (
    select * from {{ ref("int_run_observed") }}
),

ticket_versions as (
    select * from {{ ref("stg_interactions__ticket_versions") }}
    where {{ of_changed_tickets("ticket_id") }}
),

current_tickets as (
    {{ current_version("ticket_versions", ["ticket_id"], "updated_at") }}
),

-- a deletion may come with its key alone: it is found by the event, not by the ticket
event_versions as (
    select * from {{ ref("stg_interactions__ticket_event_versions") }}
    where
        event_id in (
            select named.event_id
            from {{ ref("stg_interactions__ticket_event_versions") }} as named
            where {{ of_changed_tickets("named.ticket_id") }}
        )
),

current_events as (
    {{ current_version("event_versions", ["event_id"], "first_wins") }}
),

tickets as (
    select current_tickets.*
    from current_tickets
    cross join run
    where current_tickets.created_at <= run.as_of
),

events as (
    select
        ticket_id,
        cast(null as varchar) as event_id,
        'created' as event_type,
        created_at as event_at,
        cast(null as timestamptz) as told_at,
        cast(null as varchar) as agent_id,
        cast(null as varchar) as team,
        team as ticket_team
    from tickets
    union all
    select
        events.ticket_id,
        events.event_id,
        events.event_type,
        greatest(events.event_at, tickets.created_at) as event_at,
        events.event_at as told_at,
        events.agent_id,
        events.team,
        tickets.team
    from current_events as events
    inner join tickets
        on events.ticket_id = tickets.ticket_id
    cross join run
    where
        {{ follows("events.event_at", "tickets.created_at") }}
        and events.event_at <= run.as_of
),

gathered as (
    select
        *,
        bool_or(event_type = 'reopened') over same_instant
        and bool_or(event_type in ('solved', 'closed')) over same_instant as is_turned_twice
    from events
    window same_instant as (partition by ticket_id, told_at)
),

{%- set in_time = "event_at, case when event_type = 'created' then 0 else 1 end, told_at" %}

-- what the ticket was before an instant at which it was both solved and reopened
walked as (
    select
        *,
        {{
            last_known(
                "case when is_turned_twice then null "
                ~ "when event_type in ('created', 'reopened') then true "
                ~ "when event_type in ('solved', 'closed') then false end",
                "ticket_id",
                in_time ~ ", event_id"
            )
        }} as is_open_before
    from gathered
),

-- events of one instant happened in the order of a ticket's life: a reply sent with a solve
-- precedes it, what was open is solved before it is reopened, and what was solved the other way
-- round; an escalation that was refused is asked for again
ranked as (
    select
        *,
        case event_type
            when 'customer_message' then 2
            when 'reopened' then case when is_turned_twice and is_open_before then 8 else 3 end
            when 'escalation_rejected' then 4
            when 'solved' then 6
            when 'closed' then 7
            else 5
        end as rank_at_same_instant
    from walked
),

numbered as (
    select
        *,
        row_number() over (
            partition by ticket_id order by {{ in_time }}, rank_at_same_instant, event_id
        ) as event_number
    from ranked
),

followed as (
    select
        numbered.*,
        coalesce(
            lead(numbered.event_at) over (
                partition by numbered.ticket_id order by numbered.event_number
            ),
            run.as_of
        ) as followed_at
    from numbered
    cross join run
),

final as (
    select
        ticket_id,
        event_number,
        event_id,
        event_type,
        event_at,
        followed_at,
        agent_id,
        team,
        cast(event_at_business_clock as decimal(18, 4)) as business_clock_seconds,
        {{ seconds_between("event_at", "followed_at") }} as elapsed_seconds,
        cast(followed_at_business_clock - event_at_business_clock as decimal(18, 4))
            as business_seconds
    from {{
        with_business_clocks("followed", "ticket_team", ["event_at", "followed_at"])
    }} as clocked
)

select * from final
