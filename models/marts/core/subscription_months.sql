{{
    config(
        materialized = "incremental",
        incremental_strategy = "append",
        on_schema_change = "fail",
        pre_hook = "{{ delete_where(of_changed_months()) }}",
    )
}}
-- Incremental by person and time: see int_persons_changed.
-- Both ends of the month at the opening exchange rate, so that a movement of currencies is not
-- taken for one of customers.
with periods as (
    select * from {{ ref("int_snapshot_periods") }}
    where period_grain = 'month'
),

-- a subscription may have changed hands within a month: both ends of it are needed
subscriptions_changed as (
    select subscription_id from {{ ref("int_subscription_snapshots") }}
    where {{ of_changed_persons("customer_id") }}
),

snapshots as (
    select * from {{ ref("int_subscription_snapshots") }}
    {%- if not everything_changed() %}
    where
        snapshot_at >= (
            select min(reopened.opens_at) from periods as reopened
            where reopened.closes_at >= {{ snapshots_reopened_from() }}
        )
        or subscription_id in (select changed.subscription_id from subscriptions_changed as changed)
    {%- endif %}
),

opening as (
    select
        periods.period_start,
        snapshots.*
    from periods
    inner join snapshots
        on
            periods.opens_at = snapshots.snapshot_at
            and snapshots.is_month_start
),

closing as (
    select
        periods.period_start,
        snapshots.subscription_id,
        snapshots.customer_id,
        snapshots.segment,
        snapshots.brand,
        snapshots.is_excluded,
        snapshots.subscription_status,
        snapshots.plan,
        snapshots.currency,
        snapshots.monthly_recurring_amount,
        snapshots.mrr_eur,
        snapshots.is_customer,
        snapshots.is_paying,
        coalesce(snapshots.came_back_at >= periods.opens_at, false) as is_back_in_month
    from periods
    inner join snapshots
        on
            periods.closes_at = snapshots.snapshot_at
            and periods.closes_with_month = snapshots.is_month_start
),

paired as (
    select
        coalesce(opening.period_start, closing.period_start) as month_start,
        coalesce(opening.subscription_id, closing.subscription_id) as subscription_id,
        coalesce(opening.customer_id, closing.customer_id) as customer_id,
        -- a customer is, for the whole month, what they were when it opened
        {%- for attribute in ["segment", "brand"] %}
        coalesce(
            max(opening.{{ attribute }}) over (
                partition by
                    coalesce(opening.period_start, closing.period_start),
                    coalesce(opening.customer_id, closing.customer_id)
            ),
            closing.{{ attribute }}
        ) as {{ attribute }},
        {%- endfor %}
        coalesce(closing.is_excluded, opening.is_excluded) as is_excluded,
        opening.subscription_status as opening_status,
        closing.subscription_status as closing_status,
        opening.plan as opening_plan,
        closing.plan as closing_plan,
        coalesce(opening.is_customer, false) as is_customer_at_opening,
        coalesce(closing.is_customer, false) as is_customer_at_close,
        coalesce(opening.is_customer and closing.is_back_in_month, false)
            as is_back_after_grace,
        coalesce(opening.is_paying, false) as is_paying_at_opening,
        coalesce(closing.is_paying, false) as is_paying_at_close,
        opening.currency as opening_currency,
        closing.currency as closing_currency,
        coalesce(opening.monthly_recurring_amount, 0) as opening_amount,
        coalesce(closing.monthly_recurring_amount, 0) as closing_amount,
        closing.mrr_eur as closing_mrr_at_closing_rate_eur
    from opening
    full join closing
        on
            opening.period_start = closing.period_start
            and opening.subscription_id = closing.subscription_id
            -- who passed it on has lost it, whoever took it has begun
            and opening.customer_id = closing.customer_id
),

final as (
    select
        paired.month_start,
        paired.subscription_id,
        paired.customer_id,
        paired.segment,
        paired.brand,
        paired.is_excluded,
        paired.opening_status,
        paired.closing_status,
        paired.opening_plan,
        paired.closing_plan,
        paired.is_customer_at_opening,
        paired.is_customer_at_close,
        paired.is_back_after_grace,
        paired.is_paying_at_opening,
        paired.is_paying_at_close,
        case
            when paired.opening_amount = 0 then cast(0 as decimal(18, 2))
            else {{ to_eur("paired.opening_amount", "opening_rates.units_per_eur") }}
        end as opening_mrr_eur,
        case
            when paired.closing_amount = 0 then cast(0 as decimal(18, 2))
            else {{ to_eur("paired.closing_amount", "closing_rates.units_per_eur") }}
        end as closing_mrr_eur,
        case
            when paired.closing_amount = 0 then cast(0 as decimal(18, 2))
            else paired.closing_mrr_at_closing_rate_eur
        end as closing_mrr_at_closing_rate_eur
    from paired
    left join {{ ref("int_exchange_rates_valid") }} as opening_rates
        on
            paired.opening_currency = opening_rates.currency
            and paired.month_start >= opening_rates.valid_from
            and paired.month_start < opening_rates.valid_before
    left join {{ ref("int_exchange_rates_valid") }} as closing_rates
        on
            paired.closing_currency = closing_rates.currency
            and paired.month_start >= closing_rates.valid_from
            and paired.month_start < closing_rates.valid_before
)

select * from final
where {{ of_changed_months() }}
order by month_start, subscription_id
