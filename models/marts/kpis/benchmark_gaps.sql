-- Each figure that others publish beside our own newest final month. Only what is measured alike
-- is compared; the rest is shown.
with totals as (
    select * from {{ ref("kpi_values") }}
    where
        period_grain = 'month'
        and slice_type = 'total'
        and not is_provisional
        and value is not null
),

within_validity as (
    select
        benchmarks.kpi_id,
        benchmarks.population,
        benchmarks.source,
        benchmarks.valid_from,
        totals.kpi_version,
        totals.period_start,
        totals.value,
        totals.sample_size,
        totals.sample_flag
    from {{ ref("kpi_benchmarks") }} as benchmarks
    inner join totals
        on
            benchmarks.kpi_id = totals.kpi_id
            and totals.period_start >= benchmarks.valid_from
            and totals.period_start < coalesce(benchmarks.valid_to, cast('9999-12-31' as date))
),

newest as (
    select *
    from {{
        first_row_per_key(
            "within_validity",
            ["kpi_id", "population", "source", "valid_from"],
            ["period_start desc"]
        )
    }} as final_totals
),

beside as (
    select
        benchmarks.*,
        newest.period_start,
        newest.value,
        newest.sample_size,
        newest.sample_flag,
        catalogue.direction,
        benchmarks.is_comparable
        and catalogue.direction in ('higher', 'lower')
        and newest.sample_flag = 'publishable' as is_compared,
        -- the nearer end of what others reach; nothing inside the range
        newest.value - greatest(
            least(newest.value, coalesce(benchmarks.value_high, newest.value)),
            coalesce(benchmarks.value_low, newest.value)
        ) as distance
    from {{ ref("kpi_benchmarks") }} as benchmarks
    left join newest
        on
            benchmarks.kpi_id = newest.kpi_id
            and benchmarks.population = newest.population
            and benchmarks.source = newest.source
            and benchmarks.valid_from = newest.valid_from
    left join {{ ref("kpi_catalogue") }} as catalogue
        on
            newest.kpi_id = catalogue.kpi_id
            and newest.kpi_version = catalogue.kpi_version
),

final as (
    select
        kpi_id,
        population,
        country,
        source,
        valid_from,
        cast(value_low as double) as value_low,
        cast(value_high as double) as value_high,
        is_comparable,
        period_start,
        value,
        sample_size,
        sample_flag,
        case when is_compared then distance end as gap,
        case
            when not is_comparable then 'not_comparable'
            when value is null then 'no_data'
            when sample_flag <> 'publishable' then 'insufficient_sample'
            when not is_compared then 'not_comparable'
            when distance = 0 then 'equal'
            when (distance > 0) = (direction = 'higher') then 'better'
            else 'worse'
        end as comparison
    from beside
)

select * from final
order by kpi_id, population, source
