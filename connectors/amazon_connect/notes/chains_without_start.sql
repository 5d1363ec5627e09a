select cast(null as varchar) as detail, count(distinct root_contact_id) as rows
from shape.chain
where not has_first_record
