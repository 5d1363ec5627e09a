select
    null as stripe_customer_id,
    subscription_id,
    id as discount_id,
    coupon_id,
    start as starts_at,
    "end" as ends_at,
    file_number
from fivetran.subscription_discount
