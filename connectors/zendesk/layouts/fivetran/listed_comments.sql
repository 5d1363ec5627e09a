select
    id as comment_id,
    ticket_id,
    created as created_at,
    user_id as author_id,
    public as is_public,
    coalesce(voice_comment, false) as is_call,
    body,
    cast(null as varchar) as via
from fivetran.ticket_comment
where not coalesce(_fivetran_deleted, false)
