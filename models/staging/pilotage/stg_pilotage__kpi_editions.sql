with source as (
    select * from {{ source("pilotage", "kpi_editions") }}
),

renamed as (
    select
        kpi_id,
        kpi_version,
        period_grain,
        period_start,
        slice_type,
        slice_value,
        edition,
        edition_number,
        published_at,
        computed_at,
        numerator,
        denominator,
        value,
        sample_size,
        ci_low,
        ci_high,
        status,
        is_provisional,
        is_withdrawn,
        previous_value,
        previous_edition,
        change_cause,
        cause_evidence,
        other_causes,
        latest_batch,
        project_fingerprint
    from source
)

select * from renamed
