-- a view: read by the sums and by the quantiles of contacts
{{ config(materialized = "view") }}
-- Contacts in scope, with the seconds that count in the means: of the waits, only those of live
-- contacts which were answered, of the holds, only those of contacts that an agent handled. And
-- whether their source would have said that they were handed over: where no leg ever says so,
-- that none does is no news.
with contacts as (
    select * from {{ ref("contacts") }}
),

platforms as (
    select * from {{ ref("int_platforms_with_legs") }}
),

recorded as (
    select
        max(transfers_known_in_batch) is not null as has_transfers,
        max(levels_known_in_batch) is not null as has_levels,
        (
            select count(*) > 0
            from {{ ref("stg_interactions__ticket_event_versions") }} as events
            where events.event_type in ('escalated', 'escalation_rejected')
        ) as has_escalated_tickets
    from platforms
),

placed as (
    select
        contacts.*,
        contacts.leg_count > 0
        or (contacts.contact_source = 'contact' and platforms.channel is not null)
            as has_platform_with_legs
    from contacts
    left join platforms
        on
            contacts.channel = platforms.channel
            and contacts.brand = platforms.brand
            and contacts.site = platforms.site
    where contacts.is_in_scope
),

final as (
    select
        placed.*,
        case when placed.is_answered and placed.is_live_channel then placed.wait_seconds end
            as live_wait_seconds,
        case when placed.is_handled then placed.hold_seconds end as handled_hold_seconds,
        recorded.has_transfers and placed.has_platform_with_legs as is_transfer_recorded,
        (recorded.has_levels and placed.has_platform_with_legs)
        or (recorded.has_escalated_tickets and placed.ticket_id is not null)
            as is_escalation_recorded
    from placed
    cross join recorded
)

select * from final
