select null as detail, count(*) as rows
from shape.responses
where not is_complete
