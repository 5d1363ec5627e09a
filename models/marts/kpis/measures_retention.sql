-- The opening cohort, looked at again when the period closes: a customer who left and came back
-- within it was kept, one who came back from an earlier departure is not in it.
with periods as (
    select * from {{ ref("int_snapshot_periods") }}
),

customers as (
    select * from {{ ref("int_customer_snapshots") }}
    where is_customer
),

opening as (
    select
        periods.*,
        customers.customer_id,
        customers.segment,
        customers.brand
    from periods
    inner join customers
        on
            periods.opens_at = customers.snapshot_at
            and customers.is_month_start
),

closing as (
    select distinct
        snapshot_at,
        customer_id
    from customers
),

final as (
    select
        opening.period_grain,
        opening.period_start,
        opening.segment,
        opening.brand,
        count(*) as customers_at_opening,
        count(closing.customer_id) as customers_retained,
        count(*) - count(closing.customer_id) as customers_lost
    from opening
    left join closing
        on
            opening.closes_at = closing.snapshot_at
            and opening.customer_id = closing.customer_id
    group by 1, 2, 3, 4
)

select * from final
