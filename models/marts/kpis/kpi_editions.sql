{%- set columns = [
    "kpi_id", "kpi_version", "period_grain", "period_start", "slice_type", "slice_value", "edition",
    "edition_number", "published_at", "computed_at", "numerator", "denominator", "value",
    "sample_size", "ci_low", "ci_high", "status", "is_provisional", "is_withdrawn",
    "previous_value", "previous_edition", "change_cause", "cause_evidence", "other_causes",
    "latest_batch", "project_fingerprint",
] | join(", ") %}
{{
    config(
        materialized = "incremental",
        incremental_strategy = "append",
        on_schema_change = "fail",
        pre_hook = "{{ keep_recorded_editions() }}",
    )
}}
-- What past editions published is read from their records, never made again; the edition being
-- built adds what it changes.
with recorded as (
    select * from {{ ref("stg_pilotage__kpi_editions") }}
    {%- if is_incremental() %}
    where edition_number > (select coalesce(max(edition_number), 0) from {{ this }})
    {%- endif %}
),

changes as (
    select
        explained.*,
        run.edition,
        edition_before.edition_number + 1 as edition_number,
        run.started_at as published_at,
        run.as_of as computed_at,
        run.latest_batch,
        run.project_fingerprint
    from {{ ref("int_kpi_changes_explained") }} as explained
    cross join {{ ref("int_edition_before") }} as edition_before
    cross join {{ ref("int_run_described") }} as run
),

final as (
    select {{ columns }}
    from recorded
    union all
    select {{ columns }}
    from changes
)

select * from final
