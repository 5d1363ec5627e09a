-- How strongly one KPI goes with another some months later, for every link of the strategy map: of
-- the figures themselves, and of their changes from month to month, in which a common trend shows
-- less. What is compared is final and of one definition.
{%- set longest_lag = 6 %}
with links as (
    select * from {{ ref("kpi_links") }}
),

figures as (
    select
        kpi_id,
        kpi_version,
        period_start,
        value,
        lag(value) over line as previous_value,
        lag(kpi_version) over line as previous_version,
        lag(period_start) over line as previous_start
    from {{ ref("int_kpi_series") }}
    where
        period_grain = 'month'
        and slice_type = 'total'
        and not is_provisional
    window line as (
        partition by kpi_id
        order by period_start
    )
),

points as (
    select
        kpi_id,
        'level' as basis,
        period_start,
        value as size
    from figures
    union all
    select
        kpi_id,
        'change' as basis,
        period_start,
        value - previous_value as size
    from figures
    where
        kpi_version = previous_version
        and {{ period_end("'month'", "previous_start") }} = period_start
),

-- the cause as it was, that many months before the effect
lagged as (
    {%- for months in range(longest_lag + 1) %}
    select
        kpi_id,
        basis,
        {{ months }} as lag_months,
        {{ dbt.dateadd("month", months, "period_start") }} as effect_start,
        size
    from points
    {{ "union all" if not loop.last }}
    {%- endfor %}
),

pairs as (
    select
        links.cause_kpi_id,
        links.effect_kpi_id,
        lagged.basis,
        lagged.lag_months,
        lagged.size as cause_size,
        effects.size as effect_size
    from links
    inner join lagged
        on links.cause_kpi_id = lagged.kpi_id
    inner join points as effects
        on
            links.effect_kpi_id = effects.kpi_id
            and lagged.basis = effects.basis
            and lagged.effect_start = effects.period_start
),

-- ties share the mean of the ranks that they take
ranked as (
    select
        *,
        {%- for side in ["cause", "effect"] %}
        rank() over (
            partition by cause_kpi_id, effect_kpi_id, basis, lag_months
            order by {{ side }}_size
        ) + (
            count(*) over (
                partition by cause_kpi_id, effect_kpi_id, basis, lag_months, {{ side }}_size
            ) - 1
        ) / 2.0 as {{ side }}_rank{{ "," if not loop.last }}
        {%- endfor %}
    from pairs
),

correlated as (
    select
        cause_kpi_id,
        effect_kpi_id,
        basis,
        lag_months,
        count(*) as sample_size,
        -- a series that never moves goes with nothing; and there is no zero below zero
        case
            when
                max(cause_size) > min(cause_size)
                and max(effect_size) > min(effect_size)
                then round(corr(cause_size, effect_size), 6) + 0.0
        end as correlation,
        case
            when
                max(cause_size) > min(cause_size)
                and max(effect_size) > min(effect_size)
                then round(corr(cause_rank, effect_rank), 6) + 0.0
        end as rank_correlation
    from ranked
    group by 1, 2, 3, 4
),

-- Fisher's transformation: of the correlation at most a hair less than 1, whose own is infinite
transformed as (
    select
        *,
        case when sample_size > 3 then atanh(greatest(least(correlation, 0.999999), -0.999999)) end
            as fisher_z,
        case when sample_size > 3 then 1 / sqrt(sample_size - 3) end as standard_error,
        basis = 'change'
        and lag_months > 0
        and correlation is not null
        and sample_size >= {{ parameter("lead_lag_minimum_months") }} as is_tested
    from correlated
),

-- nobody looks at one lag of one link alone: chance has as many tries as there are tests
tried as (
    select
        *,
        sum(case when is_tested then 1 else 0 end) over () as tests,
        case when is_tested then {{ normal_tail("fisher_z / standard_error") }} end as p_value,
        first_value(lag_months) over strongest as strongest_lag_months,
        first_value(correlation) over strongest as strongest_correlation
    from transformed
    window strongest as (
        partition by cause_kpi_id, effect_kpi_id, basis
        order by
            sample_size >= {{ parameter("lead_lag_minimum_months") }} desc,
            abs(correlation) desc nulls last,
            lag_months
    )
),

-- a month that stands out is two changes, up and down: what goes together in one month seems to go
-- against each other in the months beside it
judged as (
    select
        *,
        is_tested
        and (
            strongest_lag_months = 0
            or sign(correlation) <> sign(strongest_correlation)
        ) as is_echo
    from tried
),

final as (
    select
        links.cause_kpi_id,
        links.effect_kpi_id,
        links.expected_sign,
        judged.basis,
        judged.lag_months,
        judged.sample_size,
        judged.correlation,
        judged.rank_correlation,
        tanh(judged.fisher_z - {{ normal_95() }} * judged.standard_error) as ci_low,
        tanh(judged.fisher_z + {{ normal_95() }} * judged.standard_error) as ci_high,
        round(judged.p_value, 5) as p_value,
        case when judged.is_tested then round(least(judged.p_value * judged.tests, 1), 5) end
            as p_value_adjusted,
        judged.is_tested,
        judged.is_echo,
        judged.is_tested
        and row_number() over (
            partition by links.cause_kpi_id, links.effect_kpi_id
            order by judged.is_tested desc, abs(judged.correlation) desc, judged.lag_months
        ) = 1 as is_strongest
    from judged
    inner join links
        on
            judged.cause_kpi_id = links.cause_kpi_id
            and judged.effect_kpi_id = links.effect_kpi_id
)

select * from final
