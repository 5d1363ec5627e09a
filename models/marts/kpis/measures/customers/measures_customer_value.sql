-- What the customers of a quarter's end are worth: their recurring margin, month after month, for
-- those who stay, discounted, and no further than the horizon. A customer who never leaves is worth
-- the horizon, not an eternity.
with assumptions as (
    select
        {{ parameter("margin_rate", "double") }} as margin_rate,
        power(1 + {{ parameter("discount_rate_annual", "double") }}, 1.0 / 12) as monthly_growth,
        {{ parameter("cltv_horizon_months", "integer") }} as horizon_months,
        {{ parameter("cltv_retention_step", "double") }} as retention_step
),

closing as (
    select
        quarters.period_start,
        snapshots.customer_id,
        snapshots.segment,
        snapshots.brand,
        snapshots.mrr_eur
    from {{ ref("int_snapshot_periods") }} as quarters
    inner join {{ ref("int_customer_snapshots") }} as snapshots
        on
            quarters.closes_at = snapshots.snapshot_at
            and quarters.closes_with_month = snapshots.is_month_start
    where
        quarters.period_grain = 'quarter'
        and snapshots.is_customer
),

customers as (
    select
        period_start,
        segment,
        brand,
        count(*) as customers,
        sum(mrr_eur) as mrr_eur
    from closing
    -- whose revenue is unknown is on neither side
    where mrr_eur is not null
    group by 1, 2, 3
),

-- what a euro of this month is in the next: fewer stay, and it is worth less
ratios as (
    select
        customers.*,
        customers.mrr_eur * assumptions.margin_rate as monthly_margin_eur,
        assumptions.horizon_months,
        retained.monthly_retention / assumptions.monthly_growth as ratio,
        greatest(retained.monthly_retention - assumptions.retention_step, 0)
        / assumptions.monthly_growth as ratio_low,
        least(retained.monthly_retention + assumptions.retention_step, 1)
        / assumptions.monthly_growth as ratio_high
    from customers
    cross join assumptions
    inner join {{ ref("int_retention_averaged") }} as retained
        on
            customers.period_start = retained.quarter_start
            and customers.segment = retained.segment
            and customers.brand = retained.brand
    -- without a margin nobody knows
    where assumptions.margin_rate is not null
),

final as (
    select
        'quarter' as period_grain,
        period_start,
        segment,
        brand,
        customers,
        {%- for bound in ["", "_low", "_high"] %}
        -- the sum of ratio ^ 0, ratio ^ 1, … over the months of the horizon
        cast(
            monthly_margin_eur * case
                when ratio{{ bound }} = 1 then horizon_months
                else (1 - power(ratio{{ bound }}, horizon_months)) / (1 - ratio{{ bound }})
            end as decimal(18, 6)
        ) as lifetime_value{{ bound }}_eur{{ "," if not loop.last }}
        {%- endfor %}
    from ratios
)

select * from final
