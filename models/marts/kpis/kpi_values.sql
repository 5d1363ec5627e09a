{%- set key = ["kpi_id", "period_grain", "period_start", "slice_type", "slice_value"] %}
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
    select
        kpi_id,
        kpi_version,
        period_grain,
        period_start,
        slice_type,
        slice_value,
        numerator,
        denominator,
        value,
        sample_size,
        sample_flag,
        ci_low,
        ci_high,
        status,
        warn_threshold,
        alert_threshold,
        is_provisional
    from {{ ref("int_kpi_judged") }}
),

{%- if is_incremental() %}

changed as (
    select judged.*
    from judged
    except
    select
        kpi_id,
        kpi_version,
        period_grain,
        period_start,
        slice_type,
        slice_value,
        numerator,
        denominator,
        value,
        sample_size,
        sample_flag,
        ci_low,
        ci_high,
        status,
        warn_threshold,
        alert_threshold,
        is_provisional
    from {{ this }}
),

{%- else %}

changed as (
    select * from judged
),

{%- endif %}

final as (
    select
        changed.*,
        run.as_of as computed_at,
        run.edition
    from changed
    cross join {{ ref("int_run_observed") }} as run
)

select * from final
order by kpi_id, period_grain, slice_type, slice_value, period_start
