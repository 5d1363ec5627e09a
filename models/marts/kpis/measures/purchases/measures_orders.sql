-- Paid orders at their value before later refunds (a fully discounted order brings nothing to
-- average), and how many of them were given back, once the time in which that counts is over.
with run as (
    select * from {{ ref("int_run_dated") }}
),

-- by the orders: a feed that is late has not shown that nobody gave anything back
seen as (
    select {{ business_date("horizons.seen_until", "run.business_time_zone") }} as seen_date
    from {{ ref("int_source_horizons") }} as horizons
    cross join run
    where
        horizons.source = 'billing'
        and horizons.table_name = 'orders'
),

recorded as (
    select bool_or(is_refunded) as has_refunds
    from {{ ref("int_purchases_described") }}
),

windowed as (
    select
        orders.*,
        {{ business_date("orders.refunded_at", "run.business_time_zone") }} as refunded_date,
        {{ add_days("orders.ordered_date", parameter("refund_window_days", "integer")) }}
            as window_ends_on
    from {{ ref("int_purchases_described") }} as orders
    cross join run
),

judged as (
    select
        windowed.*,
        windowed.window_ends_on < seen.seen_date as is_mature,
        -- a refund of which nobody says when it was is taken as one in time
        windowed.is_refunded
        and coalesce(windowed.refunded_date <= windowed.window_ends_on, true)
            as is_refunded_in_time,
        recorded.has_refunds
    from windowed
    cross join seen
    cross join recorded
),

final as (
    select
        ordered_date as business_date,
        assisting_channel as channel,
        segment,
        brand,
        count(net_amount_eur) as paid_orders,
        coalesce(sum(net_amount_eur), 0) as paid_order_value_eur,
        coalesce(sum({{ squared("net_amount_eur", 2) }}), 0) as paid_order_value_eur_squared,
        count(case when is_mature then 1 end) as orders_observed,
        -- a source that records no refund at all does not say that there was none
        case
            when bool_and(has_refunds)
                then count(case when is_mature and is_refunded_in_time then 1 end)
        end as orders_refunded,
        count(case when not is_mature then 1 end) as orders_pending
    from judged
    group by 1, 2, 3, 4
)

select * from final
