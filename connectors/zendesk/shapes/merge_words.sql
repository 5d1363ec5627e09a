-- The one comment that a merge left in a ticket, where the layout does not say of comments what
-- brought them: written at the instant of the closing by who closed, best that which names the
-- other ticket. Whatever else was written within that second is of its author.
with closings as (
    select
        merges.ticket_id as closed_id,
        merges.into_ticket_id,
        closings.changed_at,
        closings.updater_id
    from shape.merges as merges
    inner join shape.closings as closings
        on merges.ticket_id = closings.ticket_id
),

moments as (
    select closed_id as ticket_id, into_ticket_id as other_id, changed_at, updater_id from closings
    union all
    select into_ticket_id, closed_id, changed_at, updater_id from closings
)

select distinct comment_id
from (
    select
        comments.comment_id,
        row_number() over (
            partition by comments.ticket_id, comments.created_at
            order by
                list_contains(
                    regexp_extract_all(coalesce(comments.body, ''), '#([0-9]+)', 1),
                    moments.other_id
                ) desc,
                try_cast(comments.comment_id as bigint)
        ) as place
    from shape.comments as comments
    inner join moments
        on
            comments.ticket_id = moments.ticket_id
            and comments.created_at = moments.changed_at
    inner join shape.newest_tickets as tickets
        on comments.ticket_id = tickets.ticket_id
    anti join (select ticket_id, created_at from shape.comments where is_merge) as told
        on
            comments.ticket_id = told.ticket_id
            and comments.created_at = told.created_at
    where
        not comments.is_origin_told
        and case
            when moments.updater_id is null then comments.author_id <> tickets.requester_id
            else comments.author_id = moments.updater_id
        end
) as ranked
where place = 1
