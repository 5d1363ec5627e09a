-- How many more of the contacted customers bought again than comparable customers without contact:
-- within each band of tenure and value and each month, then weighted as the contacted customers
-- are spread over them. A comparison has no parts that could be summed: each cell is made from the
-- strata of its own. Strata without anybody to compare with are left out of both sides.
{%- set cell = "period_grain, period_start, slice_type, slice_value" %}
{%- set slices = ["segment", "brand"] %}
with customers as (
    select * from {{ ref("customer_months") }}
    where
        has_earlier_purchase
        and is_mature
),

strata as (
    select
        month_start,
        {{ slice_names(slices) | indent(8) }},
        cast(count(case when is_contacted then 1 end) as double) as contacted,
        cast(count(case when is_contacted and is_repurchased then 1 end) as double)
            as contacted_again,
        cast(count(case when not is_contacted then 1 end) as double) as controls,
        cast(count(case when not is_contacted and is_repurchased then 1 end) as double)
            as controls_again
    from customers
    group by {{ slice_sets("month_start, tenure_band, value_band", slices) | indent(4) }}
),

rates as (
    select
        *,
        contacted_again / contacted as contacted_rate,
        controls_again / controls as control_rate
    from strata
    where
        contacted > 0
        and controls > 0
),

periods as (
    {%- for grain in ["month", "quarter"] %}
    select
        '{{ grain }}' as period_grain,
        {{ period_start(grain, "month_start") }} as period_start,
        *
    from rates
    {{ "union all" if not loop.last }}
    {%- endfor %}
),

-- as decimals, or the order of summing would show in the last digits
summed as (
    select
        {{ cell }},
        sum(contacted) as customers_compared,
        sum(contacted_again) as customers_again,
        sum(controls) as customers_to_compare_with,
        sum(cast(contacted * control_rate as decimal(38, 12))) as expected_again,
        sum(
            cast(
                contacted * contacted_rate * (1 - contacted_rate)
                + contacted * contacted * control_rate * (1 - control_rate) / controls
                as decimal(38, 12)
            )
        ) as variance_of_the_difference
    from periods
    group by {{ cell }}
),

standardised as (
    select
        *,
        customers_again / customers_compared as contacted_rate,
        expected_again / customers_compared as standardised_control_rate,
        sqrt(variance_of_the_difference) / customers_compared as standard_error
    from summed
),

final as (
    select
        {{ cell }},
        cast(customers_compared as bigint) as customers_compared,
        cast(customers_to_compare_with as bigint) as customers_to_compare_with,
        contacted_rate,
        standardised_control_rate,
        100 * (contacted_rate - standardised_control_rate) as repurchase_uplift_pp,
        100 * (
            contacted_rate - standardised_control_rate - {{ normal_95() }} * standard_error
        ) as repurchase_uplift_low_pp,
        100 * (
            contacted_rate - standardised_control_rate + {{ normal_95() }} * standard_error
        ) as repurchase_uplift_high_pp,
        cast(least(customers_compared, customers_to_compare_with) as bigint)
            as customers_in_smaller_arm
    from standardised
)

select * from final
