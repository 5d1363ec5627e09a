select
    id as comment_id,
    ticket_id,
    created_at,
    author_id,
    public as is_public,
    coalesce(type like '%Voice%' or type like 'Tpe%', false) as is_call,
    body,
    cast(via as varchar) as via
from native.ticket_comments
