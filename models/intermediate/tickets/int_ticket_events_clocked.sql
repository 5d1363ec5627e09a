{{
    config(
        materialized = "incremental",
        incremental_strategy = "append",
        on_schema_change = "fail",
        pre_hook = "{{ delete_where(of_changed_tickets('ticket_id')) }}",
    )
}}
-- Incremental by ticket: see int_tickets_changed.
-- What a ticket went through, in order, from its creation to the as-of instant, on two clocks. An
-- event dated before its ticket was created is a clock's error: it says nothing, and a test counts
-- it. One after the as-of instant has not happened yet.
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
        cast(null as varchar) as agent_id,
        cast(null as varchar) as team,
        team as ticket_team
    from tickets
    union all
    select
        events.ticket_id,
        events.event_id,
        events.event_type,
        events.event_at,
        events.agent_id,
        events.team,
        tickets.team
    from current_events as events
    inner join tickets
        on events.ticket_id = tickets.ticket_id
    cross join run
    where
        events.event_at >= tickets.created_at
        and events.event_at <= run.as_of
),

-- events of one instant happened in the order of a ticket's life: a reply sent with a solve
-- precedes it
ranked as (
    select
        *,
        case event_type
            when 'created' then 1
            when 'customer_message' then 2
            when 'reopened' then 3
            when 'solved' then 5
            when 'closed' then 6
            else 4
        end as rank_at_same_instant
    from events
),

numbered as (
    select
        *,
        row_number() over (
            partition by ticket_id order by event_at, rank_at_same_instant, event_id
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
