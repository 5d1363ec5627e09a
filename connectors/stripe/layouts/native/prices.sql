-- Prices stand in subscriptions, too, but without their tiers.
select
    id as price_id,
    currency,
    coalesce(unit_amount_decimal, unit_amount) as unit_amount,
    recurring ->> 'interval' as billing_interval,
    cast(recurring ->> 'interval_count' as double) as interval_count,
    recurring ->> 'usage_type' as usage_type,
    coalesce(nickname, product, id) as plan,
    product as product_id,
    tax_behavior = 'inclusive' as is_tax_inclusive,
    tiers_mode,
    tiers,
    cast(transform_quantity ->> 'divide_by' as double) as divide_by,
    transform_quantity ->> 'round' as rounding,
    file_number
from native.prices
where object = 'price'
