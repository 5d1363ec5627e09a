select lower(coalesce(status, channel)) as detail, count(*) as rows
from shape.responses
where code_status(status) is distinct from 'kept' or lower(channel) in ('preview', 'test')
group by 1
