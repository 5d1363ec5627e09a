-- The figures that a series can be made of: neither hidden, nor of too small a sample, nor of a
-- source that has stopped. Totals of every period, and channels by month, from the first whole
-- period in which the service was observed: what is known of earlier ones comes from who stayed.
with run as (
    select * from {{ ref("int_run_observed") }}
),

stopped as (
    {{ families_stopped() | indent(4) }}
),

estimates as (
    select
        estimates.*,
        stopped.known_until,
        {{
            local_midnight(period_end("period_grain", "period_start"), "run.business_time_zone")
        }} as period_ends_at,
        run.as_of
    from {{ ref("int_kpi_estimates") }} as estimates
    cross join run
    left join stopped
        on estimates.family = stopped.family
    where
        (
            estimates.slice_type = 'total'
            or (estimates.slice_type = 'channel' and estimates.period_grain = 'month')
        )
        and estimates.period_start
        >= (select min(dates.calendar_date) from {{ ref("dates") }} as dates)
),

final as (
    select
        estimates.kpi_id,
        estimates.kpi_version,
        estimates.period_grain,
        estimates.period_start,
        estimates.slice_type,
        estimates.slice_value,
        estimates.value,
        estimates.ci_low,
        estimates.ci_high,
        estimates.sample_size,
        {{ may_still_change() | indent(8) }} as is_provisional
    from estimates
    left join {{ ref("int_kpi_cells_hidden") }} as hidden
        on
            estimates.kpi_id = hidden.kpi_id
            and estimates.period_grain = hidden.period_grain
            and estimates.period_start = hidden.period_start
            and estimates.slice_type = hidden.slice_type
            and estimates.slice_value = hidden.slice_value
    where
        estimates.value is not null
        and estimates.sample_size >= estimates.minimum_sample
        and not (
            estimates.is_about_people
            and estimates.people < {{ parameter("suppress_below") }}
        )
        and hidden.kpi_id is null
        and coalesce(estimates.period_ends_at <= estimates.known_until, true)
)

select * from final
