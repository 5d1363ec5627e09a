select null as detail, count(distinct stripe_id) as rows
from shape.customers
where created_at is null
