-- The control chart of each KPI (XmR, of individual figures and their moving ranges): every final
-- figure beside what the figures before it would lead one to expect. Weeks, whose weekdays are
-- alike; months where a KPI has no weeks. What makes the limits is never judged by them.
{%- set most, fewest, enough, run = 26, 8, 12, 8 %}
with definitions as (
    select * from {{ ref("int_kpi_definitions") }}
),

figures as (
    select
        series.*,
        definitions.direction,
        definitions.unit
    from {{ ref("int_kpi_series") }} as series
    inner join definitions
        on
            series.kpi_id = definitions.kpi_id
            and series.kpi_version = definitions.kpi_version
    where
        series.slice_type = 'total'
        and not series.is_provisional
        and series.period_grain
        = case when definitions.period_grains like '%week%' then 'week' else 'month' end
),

-- a week with a public holiday has fewer days to count in, and whatever waits waits a day more
comparable as (
    select *
    from figures
    where
        period_grain <> 'week'
        or unit not in ('count', 'seconds')
        or period_start not in (
            select {{ period_start("week", "holidays.holiday_date") }}
            from {{ ref("business_holidays") }} as holidays
            where {{ iso_weekday("holidays.holiday_date") }} <= 5
        )
),

ranged as (
    select
        *,
        abs(value - lag(value) over line) as moving_range
    from comparable
    window line as (
        partition by kpi_id, kpi_version
        order by period_start
    )
),

expected as (
    select
        *,
        count(*) over baseline as baseline_points,
        case when count(*) over baseline >= {{ fewest }} then avg(value) over baseline end
            as centre,
        min(value) over baseline as lowest_in_baseline,
        case when count(*) over baseline >= {{ fewest }} then stddev_samp(value) over baseline end
            as standard_deviation,
        case when count(*) over baseline >= {{ fewest }} then avg(moving_range) over ranges end
            as mean_moving_range,
        -- for a run: what was before it, and where the run itself lies
        count(*) over before_run as points_before_run,
        avg(value) over before_run as centre_before_run,
        avg(moving_range) over ranges_before_run as range_before_run,
        stddev_samp(value) over before_run as deviation_before_run,
        count(*) over last_run as points_in_run,
        min(value) over last_run as lowest_in_run,
        max(value) over last_run as highest_in_run,
        avg(value) over last_run as mean_of_run,
        min(period_start) over last_run as run_starts_on
    from ranged
    window
        baseline as (
            partition by kpi_id, kpi_version
            order by period_start
            rows between {{ most }} preceding and 1 preceding
        ),
        ranges as (
            partition by kpi_id, kpi_version
            order by period_start
            rows between {{ most - 1 }} preceding and 1 preceding
        ),
        before_run as (
            partition by kpi_id, kpi_version
            order by period_start
            rows between {{ most + run - 1 }} preceding and {{ run }} preceding
        ),
        ranges_before_run as (
            partition by kpi_id, kpi_version
            order by period_start
            rows between {{ most + run - 2 }} preceding and {{ run }} preceding
        ),
        last_run as (
            partition by kpi_id, kpi_version
            order by period_start
            rows between {{ run - 1 }} preceding and current row
        )
),

limited as (
    select
        *,
        -- the standard deviation of single figures is 1/1.128 of their mean moving range, but where
        -- the series drifts
        greatest(mean_moving_range / 1.128, standard_deviation) as spread,
        greatest(range_before_run / 1.128, deviation_before_run) as spread_before_run,
        -- what has never been below 0 has no limit there
        case
            when centre is not null and lowest_in_baseline >= 0
                then greatest(centre - 2.66 * mean_moving_range, 0)
            else centre - 2.66 * mean_moving_range
        end as lower_limit,
        centre + 2.66 * mean_moving_range as upper_limit
    from expected
),

judged as (
    select
        *,
        case
            when {{ as_shown("value") }} > {{ as_shown("upper_limit") }} then 'above'
            when {{ as_shown("value") }} < {{ as_shown("lower_limit") }} then 'below'
        end as outside,
        case
            when points_in_run < {{ run }} or points_before_run < {{ fewest }} then null
            when lowest_in_run > centre_before_run then 'above'
            when highest_in_run < centre_before_run then 'below'
        end as run_side
    from limited
),

final as (
    select
        kpi_id,
        kpi_version,
        period_grain,
        period_start,
        direction,
        unit,
        value,
        sample_size,
        baseline_points,
        centre,
        mean_moving_range,
        spread,
        lower_limit,
        upper_limit,
        outside,
        -- not by the chance of a sample: beyond the limit with the whole of its own interval, half
        -- as far again where there is none; nor by limits of a few figures, uncertain themselves;
        -- nor by the limits of a series that drifts by small steps
        outside is not null
        and baseline_points >= {{ enough }}
        and abs(value - centre) > 2 * spread
        and case
            when ci_low is null or ci_high is null
                then abs(value - centre) > 1.5 * (upper_limit - centre)
            else ci_low > upper_limit or ci_high < lower_limit
        end as is_outside_for_certain,
        run_side,
        -- eight on one side happen by chance: their mean must have moved, too
        run_side is not null
        and points_before_run >= {{ enough }}
        and abs(mean_of_run - centre_before_run) > 5 * spread_before_run
        * sqrt(1.0 / {{ run }} + 1.0 / points_before_run) as is_run_for_certain,
        case when run_side is not null then run_starts_on end as run_starts_on,
        case when run_side is not null then centre_before_run end as centre_before_run
    from judged
)

select * from final
