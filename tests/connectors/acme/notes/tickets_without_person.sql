select null as detail, count(*) as rows
from shape.tickets
anti join shape.people using (person_id)
