-- Invoiced revenue beside the customers who paid: their mean over the two ends of the month, so
-- that months add up to customer-months.
with documents as (
    select
        {{ period_start("month", "issued_on") }} as month_start,
        segment,
        brand,
        sum(signed_amount_eur) as net_revenue_eur
    from {{ ref("documents") }}
    where not is_excluded
    group by 1, 2, 3
),

paying as (
    select
        snapshots.snapshot_at,
        snapshots.segment,
        snapshots.brand,
        count(distinct snapshots.customer_id) as paying_customers
    from {{ ref("int_customer_snapshots") }} as snapshots
    where snapshots.is_paying
    group by 1, 2, 3
),

-- customers are known since their subscriptions began, revenue since documents were landed
months as (
    select * from {{ ref("int_snapshot_periods") }}
    where
        period_grain = 'month'
        and period_start >= (select min(documents.month_start) from documents)
),

both_ends as (
    select
        months.period_start as month_start,
        paying.segment,
        paying.brand,
        paying.paying_customers
    from months
    inner join paying
        on months.opens_at = paying.snapshot_at
    union all
    select
        months.period_start,
        paying.segment,
        paying.brand,
        paying.paying_customers
    from months
    inner join paying
        on months.closes_at = paying.snapshot_at
),

customers as (
    select
        month_start,
        segment,
        brand,
        cast(sum(paying_customers) / 2.0 as decimal(18, 1)) as average_paying_customers
    from both_ends
    group by 1, 2, 3
),

final as (
    select
        coalesce(documents.month_start, customers.month_start) as business_date,
        coalesce(documents.segment, customers.segment) as segment,
        coalesce(documents.brand, customers.brand) as brand,
        coalesce(documents.net_revenue_eur, 0) as net_revenue_eur,
        coalesce(customers.average_paying_customers, 0) as average_paying_customers
    from documents
    full join customers
        on
            documents.month_start = customers.month_start
            and documents.segment = customers.segment
            and documents.brand = customers.brand
)

select * from final
