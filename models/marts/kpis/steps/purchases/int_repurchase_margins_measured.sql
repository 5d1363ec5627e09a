-- a view: a step of measures_service_value alone
{{ config(materialized = "view") }}
-- The margin of the repurchases beyond those of comparable customers: one more customer who buys
-- again brings what those of the month brought on average, each order counted once.
with cohorts as (
    select
        month_start,
        count(case when is_repurchased then 1 end) as customers_repurchasing
    from {{ ref("customer_months") }}
    where
        is_contacted
        and has_earlier_purchase
    group by 1
),

repurchases as (
    select
        month_start,
        sum(kept_amount_eur) * {{ parameter("margin_rate", "double") }} as margin_eur
    from {{ ref("int_repurchases_attributed") }}
    group by 1
),

valued as (
    select
        cohorts.month_start,
        repurchases.margin_eur / nullif(cohorts.customers_repurchasing, 0)
            as margin_per_customer_eur
    from cohorts
    left join repurchases
        on cohorts.month_start = repurchases.month_start
),

uplift as (
    select
        *,
        repurchase_uplift_pp / 100 * customers_compared as more_customers,
        (repurchase_uplift_high_pp - repurchase_uplift_low_pp) / 200 * customers_compared
            as more_customers_half_width
    from {{ ref("measures_repurchase_uplift") }}
    where
        period_grain = 'month'
        and slice_type = 'total'
),

final as (
    select
        valued.month_start,
        coalesce(uplift.customers_compared, 0) as customers_compared,
        coalesce(uplift.customers_pending, 0) as customers_pending,
        valued.margin_per_customer_eur,
        valued.margin_per_customer_eur * uplift.more_customers as repurchase_margin_eur,
        valued.margin_per_customer_eur * uplift.more_customers_half_width
            as repurchase_margin_half_width_eur
    from valued
    left join uplift
        on valued.month_start = uplift.period_start
)

select * from final
