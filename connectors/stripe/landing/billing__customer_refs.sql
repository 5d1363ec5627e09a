-- Addresses and numbers that a customer ever had, and Stripe's own number where another one counts.
select distinct 'email' as ref_type, email as ref_value, customer_id
from shape.customers
where email is not null
union all
select distinct 'phone', phone, customer_id
from shape.customers
where phone is not null
union all
select distinct 'customer_id', stripe_id, customer_id
from shape.customers
where stripe_id <> customer_id
