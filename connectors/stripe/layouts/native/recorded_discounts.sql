-- A discount of the customer holds for subscriptions that have none of their own.
select
    id as stripe_customer_id,
    null as subscription_id,
    coalesce(discount ->> 'id', id) as discount_id,
    coalesce(discount ->> '$.coupon.id', discount ->> '$.source.coupon', discount ->> 'coupon')
        as coupon_id,
    discount -> 'coupon' as coupon,
    to_timestamp(cast(discount ->> 'start' as bigint)) as starts_at,
    to_timestamp(cast(discount ->> 'end' as bigint)) as ends_at,
    file_number
from native.customers
where json_type(discount) = 'OBJECT'
