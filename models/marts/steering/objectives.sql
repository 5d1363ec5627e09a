-- Where each objective stands, and where it will be on its due date if its months go on as they
-- did: a straight line through its final months, with the interval of a single future month.
{%- set fewest_months = 6 %}
with run as (
    select * from {{ ref("int_run_dated") }}
),

landed as (
    select
        * exclude (target),
        {{ objective_target() }} as target
    from {{ ref("stg_steering__objectives") }}
),

decisions as (
    select
        objective_id,
        count(*) as decision_count
    from {{ ref("int_decisions_known") }}
    where status is distinct from 'cancelled'
    group by 1
),

months as (
    select
        *,
        12 * extract(year from period_start) + extract(month from period_start) as month_number,
        12 * extract(year from due_on) + extract(month from due_on) as due_month_number
    from {{ ref("objective_progress") }}
    where
        not is_provisional
        and actual is not null
),

newest as (
    select *
    from {{ first_row_per_key("months", ["objective_id"], ["period_start desc"]) }} as ordered
),

fitted as (
    select
        objective_id,
        max(due_month_number) as due_month_number,
        count(*) as months_observed,
        avg(month_number) as mean_month,
        regr_slope(actual, month_number) as slope,
        regr_intercept(actual, month_number) as intercept,
        regr_sxx(actual, month_number) as spread_of_months,
        regr_syy(actual, month_number) as spread_of_actuals,
        regr_sxy(actual, month_number) as common_spread
    from months
    group by 1
),

projected as (
    select
        objective_id,
        months_observed,
        intercept + slope * due_month_number as projection,
        {{ student_95("months_observed - 2") }}
        * sqrt(
            greatest(spread_of_actuals - common_spread * common_spread / spread_of_months, 0)
            / (months_observed - 2)
            * (
                1
                + 1.0 / months_observed
                + power(due_month_number - mean_month, 2) / spread_of_months
            )
        ) as reach
    from fitted
    where months_observed >= {{ fewest_months }}
),

beside as (
    select
        landed.*,
        parents.label as parent_label,
        newest.kpi_version,
        newest.period_start as newest_period_start,
        newest.actual,
        newest.gap,
        newest.progress,
        newest.is_reached,
        coalesce(fitted.months_observed, 0) as months_observed,
        -- a ratio stays one
        {%- for bound, reach in [
            ("", ""), ("_low", " - projected.reach"), ("_high", " + projected.reach"),
        ] %}
        case
            when projected.projection is null then null
            when catalogue.unit = 'ratio'
                then least(greatest(projected.projection{{ reach }}, 0), 1)
            else projected.projection{{ reach }}
        end as projection{{ bound }},
        {%- endfor %}
        coalesce(decisions.decision_count, 0) as decision_count,
        -- of the way to the due date, what is behind: to compare progress with
        case
            when landed.due_on > landed.starts_on
                then least(
                    greatest(
                        cast(
                            {{ dbt.datediff("landed.starts_on", "run.as_of_date", "day") }}
                            as double
                        ) / {{ dbt.datediff("landed.starts_on", "landed.due_on", "day") }},
                        0
                    ),
                    1
                )
        end as time_elapsed,
        coalesce(landed.due_on < run.as_of_date, false) as is_over,
        case
            when landed.target > landed.baseline then 1
            when landed.target < landed.baseline then -1
        end as way
    from landed
    cross join run
    left join landed as parents
        on landed.parent_objective_id = parents.objective_id
    left join newest
        on landed.objective_id = newest.objective_id
    left join fitted
        on landed.objective_id = fitted.objective_id
    left join projected
        on landed.objective_id = projected.objective_id
    left join decisions
        on landed.objective_id = decisions.objective_id
    left join {{ ref("published_kpi_catalogue") }} as catalogue
        on
            landed.kpi_id = catalogue.kpi_id
            and catalogue.valid_to is null
),

judged as (
    select
        *,
        case
            when kpi_id is null or way is null then 'not_measured'
            when actual is null then 'no_data'
            when is_reached and is_over then 'reached'
            when is_over then 'missed'
            when projection is null then 'insufficient_history'
            when least(way * projection_low, way * projection_high) >= way * target
                then 'on_track'
            when greatest(way * projection_low, way * projection_high) < way * target
                then 'off_track'
            else 'uncertain'
        end as outlook
    from beside
),

children as (
    select
        parent_objective_id as objective_id,
        count(*) as sub_objective_count,
        count(case when outlook in ('on_track', 'reached') then 1 end) as sub_objectives_on_track
    from judged
    group by 1
),

final as (
    select
        judged.objective_id,
        judged.parent_objective_id,
        judged.label,
        judged.parent_label,
        judged.level,
        judged.kind,
        judged.owner_role,
        judged.kpi_id,
        judged.kpi_version,
        judged.starts_on,
        judged.due_on,
        cast(judged.baseline as double) as baseline,
        judged.target,
        judged.newest_period_start,
        judged.actual,
        judged.gap,
        judged.progress,
        judged.time_elapsed,
        judged.months_observed,
        judged.projection,
        judged.projection_low,
        judged.projection_high,
        judged.outlook,
        judged.decision_count,
        coalesce(children.sub_objective_count, 0) as sub_objective_count,
        coalesce(children.sub_objectives_on_track, 0) as sub_objectives_on_track
    from judged
    left join children
        on judged.objective_id = children.objective_id
)

select * from final
order by objective_id
