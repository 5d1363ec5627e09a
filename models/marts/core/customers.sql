select
    customer_id,
    segment,
    country,
    brand,
    created_at,
    closed_at,
    is_test,
    is_staff,
    is_scoring_opt_out,
    merged_record_count
from {{ ref("int_customers_resolved") }}
order by customer_id
