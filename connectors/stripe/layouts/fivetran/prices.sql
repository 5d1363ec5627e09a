with tiers as (
    select
        price_id,
        cast(
            to_json(
                list(
                    {up_to: up_to, unit_amount: unit_amount, flat_amount: flat_amount}
                    order by up_to nulls last
                )
            ) as json
        ) as tiers
    from (
        select * from fivetran.tier
        qualify dense_rank() over (partition by price_id order by file_number desc) = 1
    )
    group by 1
),

final as (
    select
        price.id as price_id,
        price.currency,
        coalesce(price.unit_amount_decimal, price.unit_amount) as unit_amount,
        price.recurring_interval as billing_interval,
        price.recurring_interval_count as interval_count,
        price.recurring_usage_type as usage_type,
        coalesce(price.nickname, price.product_id, price.id) as plan,
        price.product_id,
        price.tax_behavior = 'inclusive' as is_tax_inclusive,
        price.tiers_mode,
        tiers.tiers,
        price.transform_quantity_divide_by as divide_by,
        price.transform_quantity_round as rounding,
        price.file_number
    from fivetran.price as price
    left join tiers
        on price.id = tiers.price_id
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
    from fivetran.plan
)

select * from final
