-- What a subscription cost at each of its moments: for one interval of the contract, all items,
-- after lasting discounts, before VAT. The amount is null where an item's price is not known.
with moments as (
    select * from shape.subscription_moments
),

with_items as (
    select
        moments.*,
        items.item_id,
        items.plan,
        items.product_id,
        items.currency as item_currency,
        items.amount,
        items.months,
        items.billing_interval,
        items.interval_count,
        items.is_tax_inclusive,
        items.created_at as item_created_at,
        min(items.created_at) over (
            partition by moments.subscription_id, moments.happened_at
        ) as first_item_created_at
    from moments
    inner join shape.item_amounts as items
        on
            moments.subscription_id = items.subscription_id
            and (items.version_id is null or moments.version_id = items.version_id)
    where
        (items.valid_from is null or items.valid_from <= moments.happened_at)
        and (items.valid_before is null or items.valid_before > moments.happened_at)
),

-- an item that was added later counts from then on; one that replaced another, from the start
held as (
    select *
    from with_items
    where
        item_created_at is null
        or item_created_at <= happened_at
        or item_created_at < first_item_created_at + interval 1 day
),

-- VAT within prices: as the subscription's own rates say, else as its first invoice does
invoiced as (
    select
        subscription_id,
        100 * (arg_min(total / net, issued_at) - 1) as tax_percent
    from shape.invoices_known
    where subscription_id is not null and net > 0 and total > net
    group by 1
),

taxed as (
    select
        held.*,
        coalesce(
            held.inclusive_tax_percent,
            case
                when held.is_tax_inclusive
                    then coalesce(
                        invoiced.tax_percent,
                        try_cast(nullif(getvariable('inclusive_tax_percent'), '') as double)
                    )
            end,
            0
        ) as tax_percent
    from held
    left join invoiced
        on held.subscription_id = invoiced.subscription_id
),

-- items of different intervals are brought to the month
summed as (
    select
        subscription_id,
        happened_at,
        any_value(version_id) as version_id,
        any_value(stripe_customer_id) as stripe_customer_id,
        any_value(status) as status,
        coalesce(any_value(currency), any_value(item_currency)) as currency,
        string_agg(distinct plan, ' + ' order by plan) as plan,
        min(months) = max(months) as is_one_interval,
        min(months) as shortest_months,
        arg_min(billing_interval, months) as billing_interval,
        arg_min(interval_count, months) as interval_count,
        case when bool_and(amount is not null and months is not null) then sum(amount / months) end
            as monthly,
        sum(amount / months / (1 + tax_percent / 100)) / nullif(sum(amount / months), 0)
            as share_before_tax,
        list({item_id: item_id, product_id: product_id, monthly: amount / months}) as items
    from taxed
    group by 1, 2
),

own_discounts as (
    select
        summed.subscription_id,
        summed.happened_at,
        discounts.*  exclude (subscription_id, version_id, stripe_customer_id)
    from summed
    inner join shape.lasting_discounts as discounts
        on
            summed.subscription_id = discounts.subscription_id
            and (discounts.version_id is null or summed.version_id = discounts.version_id)
    where discounts.is_known
),

customer_discounts as (
    select
        summed.subscription_id,
        summed.happened_at,
        discounts.* exclude (subscription_id, version_id, stripe_customer_id)
    from summed
    inner join shape.lasting_discounts as discounts
        on summed.stripe_customer_id = discounts.stripe_customer_id
    where
        discounts.is_known
        and not exists (
            select 1 from own_discounts
            where
                own_discounts.subscription_id = summed.subscription_id
                and own_discounts.happened_at = summed.happened_at
        )
),

discounts as (
    select
        given.subscription_id,
        given.happened_at,
        list(
            {
                percent_off: given.percent_off,
                amount_off: given.amount_off,
                item_id: given.item_id,
                products: cast(given.products as varchar[])
            }
            order by given.place, given.discount_id
        ) as discounts
    from (
        select * from own_discounts
        union all by name
        select * from customer_discounts
    ) as given
    inner join summed
        on
            given.subscription_id = summed.subscription_id
            and given.happened_at = summed.happened_at
    where
        (given.starts_at is null or given.starts_at <= given.happened_at)
        and (given.ends_at is null or given.ends_at > given.happened_at)
        and (given.percent_off is not null or given.currency = summed.currency)
    group by 1, 2
),

-- one after the other, each from what the one before it left of the items that it is for
discounted as (
    select
        summed.*,
        list_reduce(
            list_transform(
                coalesce(discounts.discounts, []),
                lambda given: {
                    percent_off: given.percent_off,
                    amount_off: given.amount_off / summed.shortest_months,
                    share: case
                        when given.item_id is null and given.products is null then 1.0
                        else coalesce(
                            list_sum(
                                list_transform(
                                    list_filter(
                                        summed.items,
                                        lambda item:
                                            (given.item_id is null or item.item_id = given.item_id)
                                            and (
                                                given.products is null
                                                or list_contains(given.products, item.product_id)
                                            )
                                    ),
                                    lambda item: item.monthly
                                )
                            ) / nullif(summed.monthly, 0),
                            0
                        )
                    end,
                    monthly: 0.0::double
                }
            ),
            lambda so_far, given: {
                percent_off: given.percent_off,
                amount_off: given.amount_off,
                share: given.share,
                monthly: so_far.monthly - case
                    when given.percent_off is not null
                        then so_far.monthly * given.share * given.percent_off / 100
                    else least(given.amount_off, so_far.monthly * given.share)
                end
            },
            {percent_off: 0.0::double, amount_off: 0.0::double, share: 1.0, monthly: summed.monthly}
        ).monthly as discounted_monthly
    from summed
    left join discounts
        on
            summed.subscription_id = discounts.subscription_id
            and summed.happened_at = discounts.happened_at
),

-- every three months is a quarter, every six two of them; every other number of months is a month's
with_interval as (
    select
        *,
        case
            when not is_one_interval then 'month'
            when billing_interval in ('day', 'week') then 'week'
            when shortest_months % 12 = 0 then 'year'
            when shortest_months % 3 = 0 then 'quarter'
            else 'month'
        end as contract_interval
    from discounted
),

final as (
    select
        with_interval.subscription_id,
        with_interval.happened_at,
        with_interval.stripe_customer_id,
        with_interval.status,
        with_interval.plan,
        upper(with_interval.currency) as currency,
        with_interval.contract_interval as billing_interval,
        cast(
            round(
                with_interval.discounted_monthly
                * coalesce(with_interval.share_before_tax, 1)
                * case with_interval.contract_interval
                    when 'week' then 12.0 / 52
                    when 'month' then 1
                    when 'quarter' then 3
                    else 12
                end
                / coalesce(currencies.units, 100),
                4
            ) as decimal(18, 4)
        ) as amount
    from with_interval
    left join shape.currencies as currencies
        on with_interval.currency = currencies.currency
)

select * from final
