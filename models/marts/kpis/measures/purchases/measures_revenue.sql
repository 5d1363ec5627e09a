-- Invoiced revenue beside the customers who paid: their mean over the two ends of the month, so
-- that months add up to customer-months.
with billed as (
    select
        *,
        {{ period_start("month", "issued_on") }} as month_start
    from {{ ref("documents") }}
    where not is_excluded
),

documents as (
    select
        month_start,
        segment,
        brand,
        sum(signed_amount_eur) as net_revenue_eur
    from billed
    group by 1, 2, 3
),

-- who was billed in currencies alone that nobody can convert is on neither side in that month
unknown as (
    select
        month_start,
        customer_id
    from billed
    group by 1, 2
    having count(signed_amount_eur) = 0
),

left_out as (
    select
        months.period_start as month_start,
        snapshots.segment,
        snapshots.brand,
        -- at both ends of the month, as customers are averaged
        {%- for end in ["opens_at", "closes_at"] %}
        {{ "+ " if not loop.first }}count(
            distinct case
                when snapshots.snapshot_at = months.{{ end }} then snapshots.customer_id
            end
        )
        {%- endfor %} as paying_customers
    from unknown
    inner join {{ ref("int_snapshot_periods") }} as months
        on
            unknown.month_start = months.period_start
            and months.period_grain = 'month'
    inner join {{ ref("int_customer_snapshots") }} as snapshots
        on unknown.customer_id = snapshots.customer_id
    where
        snapshots.is_paying
        and snapshots.mrr_eur is not null
    group by 1, 2, 3
),

-- customers are known since their subscriptions began, revenue since documents were landed
customers as (
    select
        averaged.month_start,
        averaged.segment,
        averaged.brand,
        cast(
            averaged.average_paying_customers - coalesce(left_out.paying_customers, 0) / 2.0
            as decimal(18, 1)
        ) as average_paying_customers
    from {{ ref("int_customers_averaged") }} as averaged
    left join left_out
        on
            averaged.month_start = left_out.month_start
            and averaged.segment = left_out.segment
            and averaged.brand = left_out.brand
    where
        averaged.average_paying_customers > coalesce(left_out.paying_customers, 0) / 2.0
        and averaged.month_start >= (select min(documents.month_start) from documents)
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
