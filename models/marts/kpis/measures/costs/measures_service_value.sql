-- What the service is worth in margin: cancellations avoided, and repurchases beyond those of
-- comparable customers, of the month whose windows end in this one, and the sales that it helped to
-- make. Whatever lacks its baseline makes the sum unknown.
with months as (
    select
        margins.*,
        -- the month in which the windows of its middle end
        {{
            period_start(
                "month",
                add_days("month_start", parameter("repurchase_window_days", "integer") ~ " + 14")
            )
        }} as matured_in
    from {{ ref("int_repurchase_margins_measured") }} as margins
),

saved as (
    select
        *,
        (revenue_saved_high_eur - revenue_saved_low_eur) / 2 as half_width_eur
    from {{ ref("measures_cancellations_avoided") }}
    where
        period_grain = 'month'
        and slice_type = 'total'
),

-- an order that counts as a repurchase after a contact is not counted again
sales as (
    select
        {{ period_start("month", "purchases.ordered_date") }} as month_start,
        sum(purchases.kept_amount_eur) * {{ parameter("margin_rate", "double") }} as margin_eur
    from {{ ref("int_purchases_described") }} as purchases
    left join {{ ref("int_repurchases_attributed") }} as repurchases
        on purchases.order_id = repurchases.order_id
    where
        purchases.assisting_channel <> 'unassisted'
        and repurchases.order_id is null
    group by 1
),

costs as (
    select
        business_date as month_start,
        sum(service_cost_eur) as service_cost_eur
    from {{ ref("measures_costs") }}
    group by 1
),

valued as (
    select
        months.matured_in,
        months.customers_compared,
        months.customers_pending + coalesce(saved.episodes_pending, 0) as units_pending,
        -- nobody asked to cancel: nothing to save; nobody knows what a save is: unknown
        case when saved.period_start is null then 0 else saved.revenue_saved_eur end
            as margin_saved_eur,
        months.repurchase_margin_eur,
        coalesce(sales.margin_eur, 0) as sales_margin_eur,
        -- the two estimates err independently
        sqrt(
            power(coalesce(saved.half_width_eur, 0), 2)
            + power(months.repurchase_margin_half_width_eur, 2)
        ) as half_width_eur,
        costs.service_cost_eur
    from months
    cross join {{ ref("int_run_dated") }} as run
    left join saved
        on months.month_start = saved.period_start
    left join sales
        on months.matured_in = sales.month_start
    left join costs
        on months.matured_in = costs.month_start
    where months.matured_in <= run.as_of_date
),

summed as (
    select
        *,
        margin_saved_eur + repurchase_margin_eur + sales_margin_eur as value_eur
    from valued
),

final as (
    select
        matured_in as business_date,
        cast(customers_compared as bigint) as customers_compared,
        cast(units_pending as bigint) as units_pending,
        cast(margin_saved_eur as decimal(18, 2)) as margin_saved_eur,
        cast(repurchase_margin_eur as decimal(18, 2)) as repurchase_margin_eur,
        cast(sales_margin_eur as decimal(18, 2)) as sales_margin_eur,
        cast(value_eur as decimal(18, 2)) as service_value_eur,
        cast(value_eur - half_width_eur as decimal(18, 2)) as service_value_low_eur,
        cast(value_eur + half_width_eur as decimal(18, 2)) as service_value_high_eur,
        cast(service_cost_eur as decimal(18, 2)) as service_cost_eur,
        cast(
            (value_eur - service_cost_eur) / nullif(service_cost_eur, 0) as decimal(18, 4)
        ) as service_roi
    from summed
)

select * from final
