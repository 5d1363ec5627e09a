{%- set key = ["kpi_id", "period_grain", "period_start", "slice_type", "slice_value"] %}
{%- set said = [
    "kpi_version", "numerator", "denominator", "value", "sample_size", "sample_flag", "ci_low",
    "ci_high", "status", "warn_threshold", "alert_threshold", "warn_floor", "alert_floor",
    "is_provisional",
] %}
{%- set judged_columns = (key + said) | join(", ") %}
{{
    config(
        materialized = "incremental",
        incremental_strategy = "delete+insert",
        unique_key = key,
        on_schema_change = "fail",
        post_hook = "{{ forget_vanished('int_kpi_judged', " ~ key ~ ") }}",
    )
}}
-- Only what changed is written: each row carries the edition that last changed it.
with judged as (
    select {{ judged_columns }}
    from {{ ref("int_kpi_judged") }}
    {%- if is_incremental() %}
    except
    select {{ judged_columns }}
    from {{ this }}
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
        judged.warn_threshold,
        judged.alert_threshold,
        judged.warn_floor,
        judged.alert_floor,
        judged.is_provisional,
        run.as_of as computed_at,
        run.edition
    from judged
    cross join {{ ref("int_run_observed") }} as run
)

select * from final
order by kpi_id, period_grain, slice_type, slice_value, period_start
