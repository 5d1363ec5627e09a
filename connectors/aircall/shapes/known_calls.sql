-- One row a call: the layouts know the same calls by the same id; webhooks know the most of them.
select *
from shape.calls
qualify row_number() over (
    partition by call_id
    order by rank_of_layout = 1 desc, rank_of_layout, file_number desc, row_number desc
) = 1
