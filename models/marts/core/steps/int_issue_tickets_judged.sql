-- Where an issue began with a contact about a ticket, the ticket shows whether that contact settled
-- it: out of the backlog when the window ends, and not come back to it since the contact began.
with anchors as (
    select
        issue_contacts.issue_id,
        issue_contacts.started_at,
        issue_contacts.window_ends_at,
        tickets.surviving_ticket_id as ticket_id
    from {{ ref("issue_contacts") }} as issue_contacts
    inner join {{ ref("contacts") }} as contacts
        on issue_contacts.contact_id = contacts.contact_id
    inner join {{ ref("tickets") }} as tickets
        on contacts.ticket_id = tickets.ticket_id
    where
        issue_contacts.is_anchor
        and {{ of_changed_persons("issue_contacts.customer_id") }}
),

final as (
    select
        anchors.issue_id,
        anchors.ticket_id,
        not bool_or(
            intervals.opened_at <= anchors.window_ends_at
            and (intervals.left_at is null or intervals.left_at > anchors.window_ends_at)
        )
        and not bool_or(
            intervals.opened_by = 'reopened'
            and intervals.opened_at >= anchors.started_at
            and intervals.opened_at <= anchors.window_ends_at
        ) as is_settled_in_window
    from anchors
    inner join {{ ref("ticket_open_intervals") }} as intervals
        on anchors.ticket_id = intervals.ticket_id
    group by 1, 2
)

select * from final
