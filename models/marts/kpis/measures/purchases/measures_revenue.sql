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

-- customers are known since their subscriptions began, revenue since documents were landed
customers as (
    select * from {{ ref("int_customers_averaged") }}
    where
        average_paying_customers > 0
        and month_start >= (select min(documents.month_start) from documents)
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
