-- A repurchase is an order of the same customer, paid by decision and kept, on local days 1 to 90
-- after the index, and no such order lies between the index and it. When it is known whether there
-- was one stands in the rules of customer_months.yml.
-- A failure means that orders are counted for the wrong month or customer. Look first at the marks
-- of int_customer_months_purchased, then at the midnights of int_customer_months_indexed.
with months as (
    select * from {{ ref("customer_months") }}
),

repurchases as (
    select
        *,
        lag(ordered_date) over (partition by customer_id order by ordered_at, order_id)
            as previous_date
    from {{ ref("int_purchases_described") }}
    where is_repurchase
)

select
    months.*,
    repurchases.customer_id as ordered_by,
    repurchases.ordered_date,
    repurchases.previous_date
from months
left join repurchases
    on months.first_repurchase_order_id = repurchases.order_id
where
    months.first_repurchase_order_id is not null
    and (
        repurchases.customer_id is distinct from months.customer_id
        or repurchases.ordered_date is distinct from months.first_repurchase_date
        or repurchases.ordered_date <= months.index_date
        or repurchases.ordered_date > months.window_ends_on
        or repurchases.previous_date > months.index_date
    )
