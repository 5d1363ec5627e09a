-- How many more of the contacted customers bought again than comparable customers without contact:
-- within each band of tenure and value and each month, then weighted as the contacted customers
-- are spread over them. A comparison has no parts that could be summed: each cell is made from the
-- strata of its own. Strata without anybody to compare with are left out of both sides.
{%- set cell = "period_grain, period_start, slice_type, slice_value" %}
{%- set slices = ["segment", "brand"] %}
with customers as (
    select * from {{ ref("customer_months") }}
    where has_earlier_purchase
),

strata as (
    select
        month_start,
        {{ slice_names(slices) | indent(8) }},
        cast(count(case when is_contacted and is_mature then 1 end) as double) as contacted,
        cast(count(case when is_contacted and is_mature and is_repurchased then 1 end) as double)
            as contacted_again,
        cast(count(case when not is_contacted and is_mature then 1 end) as double) as controls,
        cast(
            count(case when not is_contacted and is_mature and is_repurchased then 1 end) as double
        ) as controls_again,
        count(case when not is_mature then 1 end) as pending
    from customers
    group by {{ slice_sets("month_start, tenure_band, value_band", slices) | indent(4) }}
),

rates as (
    select
        *,
        contacted > 0 and controls > 0 as is_comparable,
        controls_again / nullif(controls, 0) as control_rate,
        -- that all or none of a few did it does not mean that all or none would: they vary like a
        -- group with one more of either kind
        {%- for group in ["contacted", "controls"] %}
        case
            when {{ group }}_again in (0, {{ group }})
                then ({{ group }}_again + 1) / ({{ group }} + 2)
                * (1 - ({{ group }}_again + 1) / ({{ group }} + 2))
            else {{ group }}_again / {{ group }} * (1 - {{ group }}_again / {{ group }})
        end as {{ group }}_spread{{ "," if not loop.last }}
        {%- endfor %}
    from strata
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
        sum(case when is_comparable then contacted else 0 end) as customers_compared,
        sum(case when is_comparable then contacted_again else 0 end) as customers_again,
        sum(case when is_comparable then controls else 0 end) as customers_to_compare_with,
        sum(
            case when is_comparable then cast(contacted * control_rate as decimal(38, 12)) end
        ) as expected_again,
        sum(
            case
                when is_comparable
                    then cast(
                        contacted * contacted_spread
                        + contacted * contacted * controls_spread / controls
                        as decimal(38, 12)
                    )
            end
        ) as variance_of_the_difference,
        sum(pending) as customers_pending
    from periods
    group by {{ cell }}
),

standardised as (
    select
        *,
        customers_again / nullif(customers_compared, 0) as contacted_rate,
        expected_again / nullif(customers_compared, 0) as standardised_control_rate,
        sqrt(variance_of_the_difference) / nullif(customers_compared, 0) as standard_error
    from summed
    -- nobody to compare, and nobody to wait for
    where
        customers_compared > 0
        or customers_pending > 0
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
            as customers_in_smaller_arm,
        cast(customers_pending as bigint) as customers_pending
    from standardised
)

select * from final
