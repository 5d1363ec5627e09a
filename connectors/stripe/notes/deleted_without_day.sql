select null as detail, count(distinct stripe_id) as rows
from shape.customers
where is_deleted and deleted_at is null
