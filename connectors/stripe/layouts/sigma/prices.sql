with tiers as (
    select
        price_id,
        cast(
            to_json(
                list(
                    {up_to: upto, unit_amount: amount, flat_amount: flat_amount}
                    order by upto nulls last
                )
            ) as json
        ) as tiers
    from (
        select * from sigma.price_tiers
        qualify
            dense_rank() over (partition by price_id order by file_number desc) = 1
    )
    group by 1
),

final as (
    select
        prices.id as price_id,
        prices.currency,
        coalesce(prices.unit_amount_decimal, prices.unit_amount) as unit_amount,
        prices.recurring_interval as billing_interval,
        prices.recurring_interval_count as interval_count,
        prices.recurring_usage_type as usage_type,
        coalesce(prices.nickname, prices.product_id, prices.id) as plan,
        prices.product_id,
        prices.tax_behavior = 'inclusive' as is_tax_inclusive,
        prices.tiers_mode,
        tiers.tiers,
        prices.transform_quantity_divide_by as divide_by,
        prices.transform_quantity_round as rounding,
        prices.file_number
    from sigma.prices as prices
    left join tiers
        on prices.id = tiers.price_id
    union all by name
    select
        id as price_id,
        currency,
        amount as unit_amount,
        interval as billing_interval,
        interval_count,
        usage_type,
        coalesce(nickname, product_id, id) as plan,
        product_id,
        file_number
    from sigma.plans
)

select * from final
