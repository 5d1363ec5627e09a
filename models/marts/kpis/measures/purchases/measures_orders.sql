-- Paid orders at their value before later refunds; a fully discounted order brings nothing to
-- average.
with orders as (
    select * from {{ ref("int_purchases_described") }}
),

final as (
    select
        ordered_date as business_date,
        assisting_channel as channel,
        segment,
        brand,
        count(net_amount_eur) as paid_orders,
        coalesce(sum(net_amount_eur), 0) as paid_order_value_eur,
        coalesce(sum({{ squared("net_amount_eur", 2) }}), 0) as paid_order_value_eur_squared
    from orders
    group by 1, 2, 3, 4
)

select * from final
