-- What each comment was. The first words of an agent who opened a ticket for somebody are the
-- ticket, and no reply: nothing had been asked.
with described as (
    select
        comments.* exclude (is_merge, is_origin_told),
        -- not every layout says of a comment that a merge left it
        comments.is_merge or merge_words.comment_id is not null as is_merge,
        tickets.requester_id,
        comments.author_id = tickets.requester_id as is_requester,
        coalesce(staff.is_agent, false) as is_agent,
        coalesce(staff.is_known, false) as is_known,
        tickets.ticket_id is not null as has_ticket,
        coalesce(tickets.is_deleted, false) as is_deleted,
        coalesce(comments.created_at <= tickets.created_at + interval 2 second, false)
            as is_opening
    from shape.comments as comments
    left join shape.newest_tickets as tickets
        on comments.ticket_id = tickets.ticket_id
    left join shape.merge_words as merge_words
        on comments.comment_id = merge_words.comment_id
    left join shape.staff as staff
        on
            comments.author_id = staff.user_id
            and comments.created_at >= staff.valid_from
            and comments.created_at < staff.valid_to
)

select
    *,
    case
        when is_merge or is_automatic
            then case when is_public then 'auto_reply' else 'internal_note' end
        when not is_public then 'internal_note'
        when is_requester then 'customer_message'
        when is_agent then case when not is_opening then 'public_reply' end
        else 'customer_message'
    end as event_type,
    case when is_agent and not is_merge and not is_automatic then author_id end as agent_id
from described
