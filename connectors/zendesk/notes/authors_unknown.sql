select
    null as detail,
    count(*) as rows
from shape.messages
where
    not is_known
    and author_id <> '-1'
    and has_ticket
