-- One row per version of a user that some file has.
select *
from shape.people
qualify
    row_number() over (
        partition by user_id, updated_at order by file_number desc, row_number desc
    ) = 1
