-- What an item costs for its interval, in the currency's small units; null where that is not known.
-- What is metered is no recurring revenue.
with counted as (
    select
        *,
        case
            when divide_by is null then quantity
            when rounding = 'up' then ceil(quantity / divide_by)
            else floor(quantity / divide_by)
        end as units
    from shape.subscription_items
),

tiered as (
    select
        *,
        list_transform(
            cast(tiers as json[]),
            lambda tier, place: {
                up_to: coalesce(try_cast(tier ->> 'up_to' as double), 'infinity'),
                above: coalesce(
                    try_cast(tiers ->> ('$[' || (place - 2) || '].up_to') as double), 0
                ),
                unit: cast(
                    coalesce(tier ->> 'unit_amount_decimal', tier ->> 'unit_amount', '0') as double
                ),
                flat: cast(
                    coalesce(tier ->> 'flat_amount_decimal', tier ->> 'flat_amount', '0') as double
                )
            }
        ) as steps
    from counted
),

final as (
    select
        * exclude (steps),
        case
            when usage_type = 'metered' then 0
            when unit_amount is not null then unit_amount * units
            when tiers_mode = 'volume' then list_transform(
                list_filter(steps, lambda step: units <= step.up_to)[:1],
                lambda step: step.unit * units + step.flat
            )[1]
            when tiers_mode = 'graduated' then list_sum(
                list_transform(
                    list_filter(steps, lambda step: units > step.above),
                    lambda step: step.unit * (least(units, step.up_to) - step.above) + step.flat
                )
            )
        end as amount,
        case billing_interval
            when 'day' then interval_count * 12 / (52 * 7)
            when 'week' then interval_count * 12 / 52
            when 'month' then interval_count
            when 'year' then interval_count * 12
        end as months
    from tiered
)

select * from final
