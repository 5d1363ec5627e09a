select cast(null as varchar) as detail, count(*) as rows
from shape.contacts
where not is_readable
