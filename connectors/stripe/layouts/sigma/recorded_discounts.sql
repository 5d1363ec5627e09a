select
    id as stripe_customer_id,
    null as subscription_id,
    id as discount_id,
    discount_coupon_id as coupon_id,
    discount_start as starts_at,
    discount_end as ends_at,
    file_number
from sigma.customers
where discount_coupon_id is not null
union all by name
select
    null as stripe_customer_id,
    id as subscription_id,
    id as discount_id,
    discount_coupon_id as coupon_id,
    discount_start as starts_at,
    discount_end as ends_at,
    file_number
from sigma.subscriptions
where discount_coupon_id is not null
union all by name
-- subscriptions list the numbers of their discounts; a discount of none is the customer's
select
    case when listed.id is null and discounts.subscription_id is null then discounts.customer_id end
        as stripe_customer_id,
    coalesce(discounts.subscription_id, listed.id) as subscription_id,
    discounts.id as discount_id,
    discounts.coupon_id,
    discounts.start as starts_at,
    discounts."end" as ends_at,
    discounts.file_number
from sigma.discounts as discounts
left join (
    select distinct id, trim(unnest(string_split(discounts, ','))) as discount_id
    from sigma.subscriptions
) as listed
    on discounts.id = listed.discount_id
