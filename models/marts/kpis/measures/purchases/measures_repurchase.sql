-- Customers who had bought before and whom an agent handled in the month, by their first contact of
-- it. Who may still buy within the window is not counted yet.
with customers as (
    select * from {{ ref("customer_months") }}
    where
        is_contacted
        and has_earlier_purchase
),

final as (
    select
        index_date as business_date,
        channel,
        reason_group,
        team,
        segment,
        brand,
        count(case when is_mature then 1 end) as customers_contacted,
        count(case when is_mature and is_repurchased then 1 end) as customers_repurchased,
        count(case when not is_mature then 1 end) as customers_pending
    from customers
    group by 1, 2, 3, 4, 5, 6
)

select * from final
