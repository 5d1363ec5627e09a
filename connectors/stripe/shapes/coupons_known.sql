select * from shape.coupons
qualify row_number() over (partition by coupon_id order by file_number desc) = 1
