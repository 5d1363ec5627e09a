-- The newest event of what makes an exchange with a customer, and how far it lets us see. A model
-- of its own, so that issues and tickets are not built again when answers or orders come. Of
-- ticket events only what stands: one that was deleted has shown nothing.
{%- set instants = {
    "interactions.contacts": ("contact_versions", ["queue_entered_at", "ended_at", "updated_at"]),
    "interactions.tickets": ("ticket_versions", ["created_at", "updated_at"]),
    "interactions.ticket_events": ("ticket_events", ["event_at"]),
} %}
with run as (
    select * from {{ ref("int_run_observed") }}
),

newest as (
    {{ newest_instants(instants) | indent(4) }}
),

final as (
    select
        newest.source,
        newest.table_name,
        newest.newest_event_at,
        {{ seen_until("newest.newest_event_at") }} as seen_until
    from newest
    cross join {{ ref("stg_pilotage__run_context") }} as run_context
    cross join run
)

select * from final
