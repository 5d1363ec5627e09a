select cast(null as varchar) as detail, count(*) as rows
from shape.soundness
where not is_readable
