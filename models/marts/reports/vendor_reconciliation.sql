-- What a vendor's own tool says of a ticket or a contact beside what its events say here. A reason
-- that the figures themselves prove comes before one that is only likely.
with figures as (
    select *
    from {{
        first_row_per_key(
            ref("stg_interactions__vendor_figures"),
            ["subject_type", "subject_id", "metric"],
            ["updated_at desc nulls last", "computed_at desc nulls last", "figure_id"],
        )
    }} as newest
),

events as (
    select
        ticket_id,
        min(case when event_type = 'auto_reply' then event_at end) as first_auto_reply_at,
        sum(case when event_type = 'auto_reply' then 1 else 0 end) as auto_reply_count,
        count(event_id) as event_count,
        max(event_at) as newest_event_at
    from {{ ref("int_ticket_events_clocked") }}
    group by 1
),

absorbing as (
    select distinct surviving_ticket_id as ticket_id
    from {{ ref("tickets") }}
    where is_merged
),

tickets as (
    select
        tickets.*,
        events.auto_reply_count,
        events.event_count,
        events.newest_event_at,
        tickets.is_merged or absorbing.ticket_id is not null as is_merge_part,
        {{ seconds_between("tickets.created_at", "events.first_auto_reply_at") }}
            as auto_reply_elapsed_seconds,
        {{ seconds_between("tickets.created_at", "tickets.closed_at") }} as closing_elapsed_seconds
    from {{ ref("tickets") }} as tickets
    inner join events
        on tickets.ticket_id = events.ticket_id
    left join absorbing
        on tickets.ticket_id = absorbing.ticket_id
),

of_tickets as (
    select
        figures.*,
        tickets.ticket_id is not null as is_known,
        tickets.created_at as began_at,
        case figures.metric
            when 'first_reply_seconds' then tickets.first_reply_elapsed_seconds
            when 'first_resolution_seconds' then tickets.first_resolution_elapsed_seconds
            when 'full_resolution_seconds' then tickets.full_resolution_elapsed_seconds
            when 'reopens' then tickets.reopen_count
            when 'replies' then tickets.public_reply_count
        end as our_value,
        case figures.metric
            when 'first_reply_seconds' then tickets.first_reply_open_seconds
            when 'first_resolution_seconds' then tickets.first_resolution_open_seconds
            when 'full_resolution_seconds' then tickets.full_resolution_open_seconds
        end as our_open_value,
        case figures.metric
            when 'first_reply_seconds' then tickets.auto_reply_elapsed_seconds
            when 'replies' then tickets.public_reply_count + tickets.auto_reply_count
        end as value_with_machines,
        case
            when
                figures.metric in ('first_resolution_seconds', 'full_resolution_seconds')
                then tickets.closing_elapsed_seconds
        end as value_at_closing,
        tickets.is_merge_part,
        tickets.newest_event_at,
        tickets.event_count = 0 as has_no_history,
        coalesce(tickets.created_by = 'agent', false)
        and figures.metric in ('first_reply_seconds', 'replies') as is_opening_a_reply
    from figures
    left join tickets
        on figures.subject_id = tickets.ticket_id
    where figures.subject_type = 'ticket'
),

of_contacts as (
    select
        figures.*,
        contacts.contact_id is not null as is_known,
        contacts.queue_entered_at as began_at,
        case figures.metric
            when 'queue_seconds' then contacts.wait_seconds
            when 'handle_seconds' then contacts.handle_seconds
        end as our_value,
        null as our_open_value,
        null as value_with_machines,
        null as value_at_closing,
        roots.contact_id is not null or contacts.folded_contact_count > 0 as is_merge_part,
        contacts.ended_at as newest_event_at,
        false as has_no_history,
        false as is_opening_a_reply
    from figures
    left join {{ ref("int_contact_roots") }} as roots
        on figures.subject_id = roots.contact_id
    -- a callback counts in the contact that it follows
    left join {{ ref("contacts") }} as contacts
        on coalesce(roots.root_contact_id, figures.subject_id) = contacts.contact_id
    where figures.subject_type = 'contact'
),

compared as (
    select
        *,
        case when unit = 'minutes' then 60 * value else value end as their_value,
        case unit when 'minutes' then 60 when 'seconds' then 1 else 0 end as tolerance
    from (
        select * from of_tickets
        union all
        select * from of_contacts
    ) as subjects
),

final as (
    select
        subject_type,
        subject_id,
        metric,
        began_at,
        cast(our_value as decimal(18, 4)) as our_value,
        cast(their_value as decimal(18, 4)) as their_value,
        cast(our_value - their_value as decimal(18, 4)) as difference,
        case
            when not is_known then 'unknown_subject'
            when abs(our_value - their_value) <= tolerance then 'equal'
            when abs(our_open_value - their_value) <= tolerance then 'business_hours'
            when abs(value_with_machines - their_value) <= tolerance then 'automatic_reply'
            when
                abs(value_at_closing - their_value) <= tolerance
                and our_value is null
                then 'closed_without_solve'
            when is_merge_part then 'merged'
            when newest_event_at > computed_at then 'changed_since'
            when has_no_history then 'no_history'
            when is_opening_a_reply then 'created_by_agent'
            when our_value is null then 'missing_events'
            else 'unexplained'
        end as reason,
        computed_at
    from compared
)

select * from final
order by subject_type, subject_id, metric
