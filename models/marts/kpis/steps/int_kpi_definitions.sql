-- The registry as the engine reads it: typed, each version with the periods it was in force.
with catalogue as (
    select * from {{ ref("kpi_catalogue") }}
),

final as (
    select
        kpi_id,
        cast(kpi_version as integer) as kpi_version,
        status,
        direction,
        unit,
        family,
        numerator_measure,
        denominator_measure,
        squares_measure,
        low_measure,
        high_measure,
        sample_measure,
        quantile_measure,
        cast(multiplier as integer) as multiplier,
        interval_method,
        cast(coalesce(maturity_hours, 0) as integer) as maturity_hours,
        coalesce(is_final_at_once, false) as is_final_at_once,
        coalesce(is_about_people, false) as is_about_people,
        cast(coalesce(minimum_sample, 1) as integer) as minimum_sample,
        period_grains,
        valid_from,
        coalesce(valid_to, cast('9999-12-31' as date)) as valid_before
    from catalogue
)

select * from final
