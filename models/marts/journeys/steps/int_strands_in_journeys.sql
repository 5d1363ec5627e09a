{{
    config(
        materialized = "incremental",
        incremental_strategy = "append",
        on_schema_change = "fail",
        pre_hook = "{{ delete_where(of_changed_persons('coalesce(customer_id, strand_id)')) }}",
    )
}}
-- Incremental by person: see int_persons_changed.
-- A strand is one contact with all that was folded into it, or one ticket with its exchanges. The
-- strands of a person make one journey as long as no more than the quiet period lies between them.
-- A strand of nobody known is a journey of its own, together with the ticket that it refers to.
{%- set in_time = "started_at, strand_id" %}
with touches as (
    select * from {{ ref("int_touches_united") }}
    where is_strand_touch
),

-- a contact without a name that refers to a ticket is from the person of that ticket
ticket_people as (
    select
        ticket_id,
        min(customer_id) as customer_id
    from touches
    where source = 'interactions.tickets'
    group by 1
),

strands as (
    select
        touches.strand_id,
        coalesce(touches.customer_id, ticket_people.customer_id) as customer_id,
        touches.is_excluded,
        min(
            coalesce({{ ticket_contact_id("touches.ticket_id") }}, touches.strand_id)
        ) as thread_of_nobody,
        min(touches.event_at) as started_at,
        -- closing is housekeeping, often weeks after the last word
        max(case when touches.event_type <> 'ticket_closed' then touches.over_at end) as ended_at
    from touches
    left join ticket_people
        on touches.ticket_id = ticket_people.ticket_id
    group by 1, 2, 3
),

threaded as (
    select
        *,
        coalesce(customer_id, thread_of_nobody)
        || case when is_excluded then ' excluded' else '' end as thread_id
    from strands
),

followed as (
    select
        *,
        max(ended_at) over (
            partition by thread_id order by {{ in_time }}
            rows between unbounded preceding and 1 preceding
        ) as busy_until
    from threaded
),

named as (
    select
        *,
        {{
            last_known(
                "case when busy_until is null or started_at > "
                ~ add_hours("busy_until", parameter("journey_quiet_hours"))
                ~ " then strand_id end",
                "thread_id",
                in_time
            )
        }} as journey_id
    from followed
),

final as (
    select
        strand_id,
        journey_id,
        customer_id,
        thread_id,
        is_excluded,
        started_at,
        ended_at
    from named
)

select * from final
where {{ of_changed_persons("coalesce(customer_id, strand_id)") }}
