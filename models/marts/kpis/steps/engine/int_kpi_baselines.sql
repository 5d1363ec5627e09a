-- Each estimate beside the past of its own cell, for the thresholds that compare with it: ratios
-- of sums over that past, never means of ratios, and only where half of it was observed.
{%- set pasts = {
    "previous_8_weeks": "4",
    "previous_3_months": "2",
    "previous_12_months": "case period_grain when 'quarter' then 2 else 6 end",
} %}
with estimates as (
    select * from {{ ref("int_kpi_estimates") }}
),

final as (
    select
        *,
        {%- for past, fewest_periods in pasts.items() %}
        case
            when count(value) over {{ past }} >= {{ fewest_periods }}
                then sum(numerator) over {{ past }} / case
                    when has_denominator then nullif(sum(denominator) over {{ past }}, 0)
                    else count(value) over {{ past }}
                end
        end as mean_of_{{ past }},
        {%- endfor %}
        max(value) over year_before as value_of_year_before
    from estimates
    window
        -- days are compared with the same weekday; weeks all begin on a Monday
        previous_8_weeks as (
            partition by
                kpi_id, period_grain, slice_type, slice_value, {{ iso_weekday("period_start") }}
            order by period_start
            range between interval 56 days preceding and interval 1 day preceding
        ),
        previous_3_months as (
            partition by kpi_id, period_grain, slice_type, slice_value
            order by period_start
            range between interval 3 months preceding and interval 1 day preceding
        ),
        previous_12_months as (
            partition by kpi_id, period_grain, slice_type, slice_value
            order by period_start
            range between interval 12 months preceding and interval 1 day preceding
        ),
        year_before as (
            partition by kpi_id, period_grain, slice_type, slice_value
            order by period_start
            range between interval 12 months preceding and interval 12 months preceding
        )
)

select * from final
