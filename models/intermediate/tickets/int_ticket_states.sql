-- What a ticket is from each event to the next: in the backlog or out of it, and whose turn it is.
-- A solve of what is solved or a reopening of what is open changes nothing.
with events as (
    select * from {{ ref("int_ticket_events_clocked") }}
    where {{ of_changed_tickets("ticket_id") }}
),

states as (
    select
        *,
        {{
            last_known(
                "case when event_type in ('created', 'reopened') then true "
                ~ "when event_type in ('solved', 'closed') then false end",
                "ticket_id",
                "event_number"
            )
        }} as is_open,
        -- closing a ticket that nobody solved does not solve it
        {{
            last_known(
                "case when event_type in ('created', 'reopened') then false "
                ~ "when event_type = 'solved' then true end",
                "ticket_id",
                "event_number"
            )
        }} as is_solved,
        {{
            last_known(
                "case when event_type in ('created', 'customer_message', 'reopened') then true "
                ~ "when event_type = 'public_reply' then false end",
                "ticket_id",
                "event_number"
            )
        }} as is_our_turn
    from events
),

final as (
    select
        *,
        is_open <> coalesce(
            lag(is_open) over (partition by ticket_id order by event_number),
            false
        ) as is_turn_of_backlog
    from states
)

select * from final
