select
    id as coupon_id,
    percent_off,
    amount_off,
    currency,
    duration,
    applies_to -> 'products' as products,
    file_number
from native.coupons
where object = 'coupon'
