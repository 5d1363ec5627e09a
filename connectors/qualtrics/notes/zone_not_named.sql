select null as detail, count(distinct file_number) as rows
from shape.responses
where has_no_zone
