-- Which ticket was merged into which. An audit of a merge that closes its ticket is of the one that
-- was merged; any other is of the one that the tickets it names were merged into.
with named as (
    select distinct
        ticket_id,
        event_at,
        unnest(
            regexp_extract_all(
                coalesce(
                    json_extract_string(audit_via, '$.source.from.ticket_ids'),
                    json_extract_string(audit_via, '$.source.from.ticket_id'),
                    json_extract_string(audit_via, '$.source.to.ticket_id')
                ),
                '[0-9]+'
            )
        ) as named_id
    from shape.audit_events
    where audit_via like '{%' and audit_via like '%"merge"%'
),

closing as (
    select distinct
        ticket_id,
        changed_at
    from shape.changes
    where
        field_name = 'status'
        and value = 'closed'
),

said as (
    select
        case when closing.ticket_id is not null then named.ticket_id else named.named_id end
            as ticket_id,
        case when closing.ticket_id is not null then named.named_id else named.ticket_id end
            as into_ticket_id,
        1 as preference
    from named
    left join closing
        on
            named.ticket_id = closing.ticket_id
            and named.event_at = closing.changed_at
    union all
    select
        unnest(merged_ticket_ids),
        ticket_id,
        2
    from shape.newest_tickets
    union all
    -- the words that Zendesk leaves name the other ticket
    select
        tickets.ticket_id,
        regexp_extract(comments.body, '#([0-9]+)', 1),
        3
    from shape.newest_tickets as tickets
    inner join shape.comments as comments
        on tickets.ticket_id = comments.ticket_id
    where
        tickets.is_closed_by_merge
        and comments.is_merge
        and regexp_matches(comments.body, '#[0-9]+')
)

select
    ticket_id,
    arg_min(into_ticket_id, (preference, try_cast(into_ticket_id as bigint))) as into_ticket_id
from said
where ticket_id <> into_ticket_id
group by ticket_id
