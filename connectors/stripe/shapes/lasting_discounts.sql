-- Discounts that last forever, of a subscription, one of its items or its customer, and for what.
-- Discounts for a time or of one invoice change no recurring amount.
with written as (
    select
        version_id,
        subscription_id,
        null as item_id,
        part as discount,
        place
    from shape.subscription_observations
    cross join unnest(cast(discounts as json[])) with ordinality as parts (part, place)
    union all
    select
        observations.version_id,
        observations.subscription_id,
        item ->> 'id' as item_id,
        part as discount,
        1000 + place
    from shape.subscription_observations as observations
    cross join unnest(cast(observations.items as json[])) as items (item)
    cross join unnest(cast(item -> 'discounts' as json[])) with ordinality as parts (part, place)
),

of_versions as (
    select
        version_id,
        subscription_id,
        item_id,
        coalesce(discount ->> 'id', discount ->> '$') as discount_id,
        coalesce(
            discount ->> '$.coupon.id',
            discount ->> '$.source.coupon.id',
            discount ->> '$.source.coupon',
            discount ->> 'coupon'
        ) as coupon_id,
        case
            when json_type(discount -> 'coupon') = 'OBJECT' then discount -> 'coupon'
            when json_type(discount -> '$.source.coupon') = 'OBJECT'
                then discount -> '$.source.coupon'
        end as coupon,
        to_timestamp(cast(discount ->> 'start' as bigint)) as starts_at,
        to_timestamp(cast(discount ->> 'end' as bigint)) as ends_at,
        place
    from written
),

recorded as (
    select * exclude (file_number)
    from shape.recorded_discounts
    qualify
        row_number() over (
            partition by discount_id, subscription_id, stripe_customer_id order by file_number desc
        ) = 1
),

gathered as (
    select * from of_versions
    union all by name
    select * from recorded
),

final as (
    select
        gathered.* exclude (coupon),
        gathered.coupon is not null or coupons.coupon_id is not null as is_known,
        coalesce(gathered.coupon ->> 'duration', coupons.duration) as duration,
        coalesce(cast(gathered.coupon ->> 'percent_off' as double), coupons.percent_off)
            as percent_off,
        coalesce(cast(gathered.coupon ->> 'amount_off' as double), coupons.amount_off)
            as amount_off,
        lower(coalesce(gathered.coupon ->> 'currency', coupons.currency)) as currency,
        coalesce(gathered.coupon -> '$.applies_to.products', coupons.products) as products
    from gathered
    left join shape.coupons_known as coupons
        on gathered.coupon_id = coupons.coupon_id
)

select * from final
where not is_known or duration = 'forever'
