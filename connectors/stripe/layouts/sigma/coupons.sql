select id as coupon_id, percent_off, amount_off, currency, duration, file_number
from sigma.coupons
