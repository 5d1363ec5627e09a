{%- set key = ["kpi_id", "period_grain", "period_start", "slice_type", "slice_value"] %}
{%- set figure_columns = [
    "kpi_version", "numerator", "denominator", "value", "sample_size", "sample_flag", "ci_low",
    "ci_high", "status", "is_confirmed", "warn_threshold", "alert_threshold", "warn_floor",
    "alert_floor", "pending_count",
    "identification_rate", "is_provisional",
] %}
{%- set judged_columns = (key + figure_columns) | join(", ") %}
{{
    config(
        materialized = "incremental",
        incremental_strategy = "delete+insert",
        unique_key = key,
        on_schema_change = "fail",
        post_hook = "{{ delete_vanished('int_kpi_statuses', " ~ key ~ ") }}",
    )
}}
-- Only what changed is written: each row carries the edition that last changed it.
with lines as (
    select
        {{ judged_columns }},
        -- the first period by another definition: what is on its two sides is not comparable
        coalesce(kpi_version <> lag(kpi_version) over line, false) as is_series_break,
        -- one alert, or the third warning in a row
        coalesce(
            status = 'alert'
            or (
                status = 'warn'
                and lag(status) over line = 'warn'
                and lag(status, 2) over line = 'warn'
                and lag(kpi_version, 2) over line = kpi_version
                and lag({{ period_end("period_grain", "period_start") }}) over line = period_start
                and lag({{ period_end("period_grain", "period_start") }}, 2) over line
                = lag(period_start) over line
            ),
            false
        ) as is_action_due
    from {{ ref("int_kpi_statuses") }}
    -- one person's figures are that person's: see agent_kpi_values
    where slice_type <> 'agent'
    window line as (
        partition by kpi_id, period_grain, slice_type, slice_value
        order by period_start
    )
),

judged as (
    select lines.*
    from lines
    {%- if is_incremental() %}
    left join {{ this }} as published
        on
            {%- for part in key %}
            {{ "and " if not loop.first }}lines.{{ part }} = published.{{ part }}
            {%- endfor %}
    where
        published.kpi_id is null
        {%- for fact in figure_columns + ["is_series_break", "is_action_due"] %}
        or lines.{{ fact }} is distinct from published.{{ fact }}
        {%- endfor %}
    {%- endif %}
),

final as (
    select
        judged.kpi_id,
        judged.kpi_version,
        judged.period_grain,
        judged.period_start,
        judged.slice_type,
        judged.slice_value,
        judged.numerator,
        judged.denominator,
        judged.value,
        judged.sample_size,
        judged.sample_flag,
        judged.ci_low,
        judged.ci_high,
        judged.status,
        judged.is_confirmed,
        judged.is_action_due,
        judged.warn_threshold,
        judged.alert_threshold,
        judged.warn_floor,
        judged.alert_floor,
        judged.pending_count,
        judged.identification_rate,
        judged.is_provisional,
        judged.is_series_break,
        run.as_of as computed_at,
        run.edition
    from judged
    cross join {{ ref("int_run_described") }} as run
)

select * from final
order by kpi_id, period_grain, slice_type, slice_value, period_start
