-- Made by the same rows of the catalogue as everybody's figures, and kept apart from them: these
-- are one person's, and that person's alone to read. They are
-- written afresh whenever one may have changed.
with judged as (
    select
        *,
        coalesce(
            kpi_version <> lag(kpi_version) over (
                partition by kpi_id, period_grain, slice_value
                order by period_start
            ),
            false
        ) as is_series_break
    from {{ ref("int_kpi_statuses") }}
    where slice_type = 'agent'
),

final as (
    select
        judged.kpi_id,
        judged.kpi_version,
        judged.period_grain,
        judged.period_start,
        judged.slice_value as agent_id,
        judged.numerator,
        judged.denominator,
        judged.value,
        judged.sample_size,
        judged.sample_flag,
        judged.ci_low,
        judged.ci_high,
        judged.status,
        judged.is_confirmed,
        judged.warn_threshold,
        judged.alert_threshold,
        judged.warn_floor,
        judged.alert_floor,
        judged.is_provisional,
        judged.is_series_break,
        run.as_of as computed_at,
        run.edition
    from judged
    cross join {{ ref("int_run_described") }} as run
)

select * from final
order by agent_id, kpi_id, period_start
