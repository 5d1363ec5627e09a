select null as detail, count(*) as rows
from shape.responses
where started_at is null or ended_at is null
