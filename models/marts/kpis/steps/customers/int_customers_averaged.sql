-- Customers over a month are the mean of those at its two ends. A quarter is the sum of its months,
-- in customer-months.
with months as (
    select * from {{ ref("int_snapshot_periods") }}
    where period_grain = 'month'
),

counted as (
    select
        snapshot_at,
        is_month_start,
        segment,
        brand,
        count(case when is_customer then 1 end) as customers,
        -- what they pay is known: revenue is divided by them
        count(case when is_paying and mrr_eur is not null then 1 end) as paying_customers
    from {{ ref("int_customer_snapshots") }}
    group by 1, 2, 3, 4
),

both_ends as (
    {%- for end, is_month_start in
        [["opens_at", "true"], ["closes_at", "months.closes_with_month"]] %}
    select
        months.period_start as month_start,
        counted.segment,
        counted.brand,
        counted.customers,
        counted.paying_customers
    from months
    inner join counted
        on
            months.{{ end }} = counted.snapshot_at
            and {{ is_month_start }} = counted.is_month_start
    {{ "union all" if not loop.last }}
    {%- endfor %}
),

final as (
    select
        month_start,
        segment,
        brand,
        cast(sum(customers) / 2.0 as decimal(18, 1)) as average_customers,
        cast(sum(paying_customers) / 2.0 as decimal(18, 1)) as average_paying_customers
    from both_ends
    group by 1, 2, 3
)

select * from final
