-- What a subscription bills for: as written in a version of it (version_id), or in a table of items
-- for a time. Prices are in the currency's small units.
with written as (
    select
        version_id,
        subscription_id,
        observed_at,
        item
    from shape.subscription_observations
    cross join unnest(cast(items as json[])) as parts (item)
),

with_price as (
    select
        *,
        case when json_type(item -> 'price') = 'OBJECT' then item -> 'price' end as price,
        case when json_type(item -> 'plan') = 'OBJECT' then item -> 'plan' end as plan
    from written
),

of_versions as (
    select
        version_id,
        subscription_id,
        item ->> 'id' as item_id,
        to_timestamp(cast(item ->> 'created' as bigint)) as created_at,
        coalesce(cast(item ->> 'quantity' as double), 1) as quantity,
        lower(coalesce(written.price ->> 'currency', written.plan ->> 'currency')) as currency,
        cast(
            coalesce(
                written.price ->> 'unit_amount_decimal',
                written.price ->> 'unit_amount',
                written.plan ->> 'amount_decimal',
                written.plan ->> 'amount'
            ) as double
        ) as unit_amount,
        coalesce(written.price ->> '$.recurring.interval', written.plan ->> 'interval') as billing_interval,
        cast(coalesce(written.price ->> '$.recurring.interval_count', written.plan ->> 'interval_count', '1') as double)
            as interval_count,
        coalesce(written.price ->> '$.recurring.usage_type', written.plan ->> 'usage_type') as usage_type,
        coalesce(
            written.price ->> 'nickname',
            written.plan ->> 'nickname',
            written.price ->> 'product',
            written.plan ->> 'product',
            written.price ->> 'id',
            written.plan ->> 'id'
        ) as plan,
        coalesce(
            written.price ->> '$.product.id', written.price ->> 'product', written.plan ->> '$.product.id', written.plan ->> 'product'
        ) as product_id,
        written.price ->> 'tax_behavior' = 'inclusive' as is_tax_inclusive,
        coalesce(written.price ->> 'tiers_mode', written.plan ->> 'tiers_mode') as tiers_mode,
        coalesce(
            case when json_type(written.price -> 'tiers') = 'ARRAY' then written.price -> 'tiers' end,
            case when json_type(written.plan -> 'tiers') = 'ARRAY' then written.plan -> 'tiers' end,
            prices.tiers
        ) as tiers,
        cast(
            coalesce(written.price ->> '$.transform_quantity.divide_by', written.plan ->> '$.transform_usage.divide_by')
            as double
        ) as divide_by,
        coalesce(written.price ->> '$.transform_quantity.round', written.plan ->> '$.transform_usage.round') as rounding
    from with_price as written
    left join shape.prices_known as prices
        on coalesce(written.price ->> 'id', written.plan ->> 'id') = prices.price_id
    -- a subscription can bill once for something, too
    where coalesce(written.price ->> 'type', 'recurring') = 'recurring'
),

-- an item is what the first export said of it until another said otherwise
changed as (
    select *
    from shape.recorded_items
    qualify
        row(price_id, quantity) is distinct from lag(row(price_id, quantity)) over (
            partition by subscription_id, item_id order by seen_at, file_number
        )
),

dated as (
    select
        *,
        case when lag(item_id) over item is not null then seen_at end as valid_from,
        lead(seen_at) over item as valid_before
    from changed
    window item as (partition by subscription_id, item_id order by seen_at, file_number)
),

final as (
    select * from of_versions
    union all by name
    select
        dated.subscription_id,
        dated.item_id,
        dated.created_at,
        dated.valid_from,
        dated.valid_before,
        cast(dated.quantity as double) as quantity,
        lower(prices.currency) as currency,
        cast(prices.unit_amount as double) as unit_amount,
        prices.billing_interval,
        cast(coalesce(prices.interval_count, 1) as double) as interval_count,
        prices.usage_type,
        coalesce(prices.plan, dated.price_id) as plan,
        prices.product_id,
        prices.is_tax_inclusive,
        prices.tiers_mode,
        prices.tiers,
        cast(prices.divide_by as double) as divide_by,
        prices.rounding
    from dated
    left join shape.prices_known as prices
        on dated.price_id = prices.price_id
    where prices.price_id is null or prices.billing_interval is not null
)

select * from final
