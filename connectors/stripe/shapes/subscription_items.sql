-- What a subscription bills for: as written in a version of it (version_id), or in a table of items
-- for a time. Prices are in the currency's small units.
with written as (
    select
        version_id,
        subscription_id,
        item,
        -- before there were prices there were plans
        case
            when json_type(item -> 'price') = 'OBJECT' then item -> 'price'
            when json_type(item -> 'plan') = 'OBJECT' then item -> 'plan'
        end as price
    from shape.subscription_observations
    cross join unnest(cast(items as json[])) as parts (item)
),

with_terms as (
    select
        *,
        price ->> 'id' as price_id,
        case
            when json_type(price -> 'recurring') = 'OBJECT' then price -> 'recurring'
            else price
        end as terms,
        coalesce(price -> 'transform_quantity', price -> 'transform_usage') as transform,
        coalesce(price ->> '$.product.id', price ->> 'product') as product_id
    from written
    -- a subscription can bill once for something, too
    where coalesce(price ->> 'type', 'recurring') = 'recurring'
),

of_versions as (
    select
        items.version_id,
        items.subscription_id,
        items.item ->> 'id' as item_id,
        to_timestamp(cast(items.item ->> 'created' as bigint)) as created_at,
        coalesce(cast(items.item ->> 'quantity' as double), 1) as quantity,
        lower(items.price ->> 'currency') as currency,
        cast(
            coalesce(
                items.price ->> 'unit_amount_decimal',
                items.price ->> 'unit_amount',
                items.price ->> 'amount_decimal',
                items.price ->> 'amount'
            ) as double
        ) as unit_amount,
        items.terms ->> 'interval' as billing_interval,
        cast(coalesce(items.terms ->> 'interval_count', '1') as double) as interval_count,
        items.terms ->> 'usage_type' as usage_type,
        coalesce(items.price ->> 'nickname', items.product_id, items.price_id) as plan,
        items.product_id,
        items.price ->> 'tax_behavior' = 'inclusive' as is_tax_inclusive,
        items.price ->> 'tiers_mode' as tiers_mode,
        case
            when json_type(items.price -> 'tiers') = 'ARRAY' then items.price -> 'tiers'
            else prices.tiers
        end as tiers,
        cast(items.transform ->> 'divide_by' as double) as divide_by,
        items.transform ->> 'round' as rounding
    from with_terms as items
    left join shape.prices_known as prices
        on items.price_id = prices.price_id
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
