-- What its own cell was before, for each estimate that a threshold compares with it: ratios of
-- sums over that past, never means of ratios, and only where half of it was observed.
{%- set line = "kpi_id, period_grain, slice_type, slice_value" %}
{%- set pasts = {
    "previous_8_weeks": {"reaches": "56 days", "fewest_periods": "4"},
    "previous_3_months": {"reaches": "3 months", "fewest_periods": "2"},
    "previous_12_months": {
        "reaches": "12 months",
        "fewest_periods": "case period_grain when 'quarter' then 2 else 6 end",
    },
} %}
with compared as (
    {%- for grain in ["day", "week", "month", "quarter"] %}
    select
        kpi_id,
        '{{ grain }}' as period_grain,
        baseline
    from {{ ref("kpi_thresholds") }}
    where coalesce(period_grain, '{{ grain }}') = '{{ grain }}'
    {{ "union" if not loop.last }}
    {%- endfor %}
),

estimates as (
    select
        compared.baseline,
        estimates.*
    from {{ ref("int_kpi_estimates") }} as estimates
    inner join compared
        on
            estimates.kpi_id = compared.kpi_id
            and estimates.period_grain = compared.period_grain
    -- one person is not held to their own past
    where estimates.slice_type <> 'agent'
),

final as (
    {%- for past, its in pasts.items() %}
    select
        baseline,
        {{ line }},
        period_start,
        case
            when count(value) over {{ past }} >= {{ its.fewest_periods }}
                then sum(numerator) over {{ past }} / case
                    when has_denominator then nullif(sum(denominator) over {{ past }}, 0)
                    else count(value) over {{ past }}
                end
        end as baseline_value
    from estimates
    where baseline = '{{ past }}'
    window {{ past }} as (
        partition by
            {{ line }}
            {%- if past == "previous_8_weeks" %},
            -- days are compared with the same weekday; weeks all begin on a Monday
            {{ iso_weekday("period_start") }}
            {%- endif %}
        order by period_start
        range between interval {{ its.reaches }} preceding and interval 1 day preceding
    )
    union all
    {%- endfor %}
    select
        baseline,
        {{ line }},
        period_start,
        max(value) over (
            partition by {{ line }}
            order by period_start
            range between interval 12 months preceding and interval 12 months preceding
        ) as baseline_value
    from estimates
    where baseline = 'year_before'
)

select * from final
