-- Each value beside the threshold that was in force in its period. A relative threshold is a share
-- of the cell's own recent past: ratio of sums over it, never a mean of ratios.
with run as (
    select * from {{ ref("int_run_observed") }}
),

estimates as (
    select
        *,
        case period_grain
            when 'day' then {{ add_days("period_start", 1) }}
            when 'week' then {{ add_days("period_start", 7) }}
            when 'month' then cast({{ dbt.dateadd("month", 1, "period_start") }} as date)
            else cast({{ dbt.dateadd("month", 3, "period_start") }} as date)
        end as period_end
    from {{ ref("int_kpi_estimates") }}
),

with_past as (
    select
        *,
        count(value) over eight_weeks as periods_in_8_weeks,
        sum(numerator) over eight_weeks / case
            when has_denominator then nullif(sum(denominator) over eight_weeks, 0)
            else nullif(count(value) over eight_weeks, 0)
        end as mean_of_8_weeks,
        count(value) over three_months as periods_in_3_months,
        sum(numerator) over three_months / case
            when has_denominator then nullif(sum(denominator) over three_months, 0)
            else nullif(count(value) over three_months, 0)
        end as mean_of_3_months
    from estimates
    window
        -- days are compared with the same weekday; weeks all begin on a Monday
        eight_weeks as (
            partition by
                kpi_id, period_grain, slice_type, slice_value, {{ iso_weekday("period_start") }}
            order by period_start
            range between interval 56 days preceding and interval 1 day preceding
        ),
        three_months as (
            partition by kpi_id, period_grain, slice_type, slice_value
            order by period_start
            range between interval 3 months preceding and interval 1 day preceding
        )
),

with_thresholds as (
    select
        with_past.*,
        thresholds.basis,
        cast(thresholds.warn_threshold as double) as warn_limit,
        cast(thresholds.alert_threshold as double) as alert_limit,
        -- half of the past must have been observed to be a baseline
        case
            when thresholds.baseline = 'previous_8_weeks' and periods_in_8_weeks >= 4
                then mean_of_8_weeks
            when thresholds.baseline = 'previous_3_months' and periods_in_3_months >= 2
                then mean_of_3_months
        end as baseline_value,
        {{ local_midnight("with_past.period_end", "run.business_time_zone") }} as period_ends_at,
        run.as_of
    from with_past
    cross join run
    left join {{ ref("kpi_thresholds") }} as thresholds
        on
            with_past.kpi_id = thresholds.kpi_id
            and with_past.period_grain = coalesce(thresholds.period_grain, with_past.period_grain)
            and with_past.period_start >= thresholds.valid_from
            and (
                with_past.period_start < thresholds.valid_to
                or thresholds.valid_to is null
            )
            and thresholds.basis <> 'to_be_set'
),

limited as (
    select
        *,
        case basis
            when 'absolute' then warn_limit
            when 'relative' then baseline_value * (1 + warn_limit)
        end as warn_threshold,
        case basis
            when 'absolute' then alert_limit
            when 'relative' then baseline_value * (1 + alert_limit)
        end as alert_threshold,
        is_about_people and n > 0 and n < {{ parameter("suppress_below") }} as is_suppressed,
        as_of < {{ add_hours("period_ends_at", "maturity_hours") }} as is_provisional,
        case
            -- a band is as wide below its baseline as above it
            when direction = 'band' then baseline_value + abs(value - baseline_value)
            else value
        end as judged_value
    from with_thresholds
),

final as (
    select
        kpi_id,
        kpi_version,
        period_grain,
        period_start,
        slice_type,
        slice_value,
        case when not is_suppressed then numerator end as numerator,
        denominator,
        case when not is_suppressed then value end as value,
        cast(round(n) as bigint) as sample_size,
        case
            when is_suppressed then 'suppressed'
            when has_denominator and n < {{ parameter("minimum_sample") }}
                then 'low_sample'
            else 'publishable'
        end as sample_flag,
        case when not is_suppressed then ci_low end as ci_low,
        case when not is_suppressed then ci_high end as ci_high,
        case
            when value is null then 'no_data'
            when is_suppressed or n < minimum_sample then 'insufficient_sample'
            when is_provisional then 'provisional'
            when warn_threshold is null or alert_threshold is null then null
            when direction = 'higher' and judged_value >= warn_threshold then 'ok'
            when direction = 'higher' and judged_value >= alert_threshold then 'warn'
            when direction = 'higher' then 'alert'
            when judged_value <= warn_threshold then 'ok'
            when judged_value <= alert_threshold then 'warn'
            else 'alert'
        end as status,
        warn_threshold,
        alert_threshold,
        is_provisional
    from limited
)

select * from final
