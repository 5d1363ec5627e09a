select cast(null as varchar) as detail, count(*) as rows
from shape.chain
where not is_readable
