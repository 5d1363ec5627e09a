-- One row per ticket: the newest version of all files.
select
    *,
    bool_or(is_deleted) over (partition by ticket_id) as was_deleted
from shape.tickets
qualify
    row_number() over (
        partition by ticket_id order by updated_at desc, file_number desc, row_number desc
    ) = 1
