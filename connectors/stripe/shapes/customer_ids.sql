-- Which number counts for a customer of Stripe's.
select distinct stripe_id, customer_id from shape.customers
