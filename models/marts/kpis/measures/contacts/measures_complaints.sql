-- Formal complaints of a month beside the customers who could have complained: the base has no
-- reason, so that its rows name none.
with complaints as (
    select
        {{ period_start("month", "business_date") }} as month_start,
        reason_group,
        segment,
        brand,
        count(*) as complaints
    from {{ ref("int_complaints_received") }}
    where not is_duplicate
    group by 1, 2, 3, 4
),

-- a month without complaints counts, one before any contact was landed does not
customers as (
    select *
    from {{ ref("int_customers_averaged") }}
    where
        month_start >= (
            select {{ period_start("month", "min(measures.business_date)") }}
            from {{ ref("measures_contacts") }} as measures
        )
),

final as (
    select
        month_start as business_date,
        reason_group,
        segment,
        brand,
        complaints,
        cast(0 as decimal(18, 1)) as average_customers
    from complaints
    union all
    select
        month_start,
        null,
        segment,
        brand,
        0,
        average_customers
    from customers
)

select * from final
