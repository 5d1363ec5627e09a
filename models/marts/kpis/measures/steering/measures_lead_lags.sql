-- The strongest link of the strategy map, as it is known at the as-of instant: how far changes of a
-- KPI go with those of another one some months later, whatever their sign.
with run as (
    select * from {{ ref("int_run_dated") }}
),

strongest as (
    select
        *,
        row_number() over (
            order by abs(correlation) desc, cause_kpi_id, effect_kpi_id
        ) as place
    from {{ ref("int_lead_lags") }}
    where is_strongest
),

final as (
    select
        'month' as period_grain,
        {{ period_start("month", "run.as_of_date") }} as period_start,
        abs(strongest.correlation) as correlation,
        case when strongest.correlation < 0 then -strongest.ci_high else strongest.ci_low end
            as correlation_low,
        case when strongest.correlation < 0 then -strongest.ci_low else strongest.ci_high end
            as correlation_high,
        strongest.sample_size as months_compared
    from strongest
    cross join run
    where strongest.place = 1
)

select * from final
