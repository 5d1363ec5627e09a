with source as (
    select * from {{ source("workforce", "quality_evaluations") }}
),

current_rows as (
    {{ current_version("source", ["evaluation_id"], "first_wins") }}
),

renamed as (
    select
        evaluation_id,
        agent_id,
        contact_id,
        ticket_id,
        evaluated_on,
        score,
        coalesce(has_critical_error, false) as has_critical_error,
        coalesce(is_written, false) as is_written,
        error_count,
        coalesce(is_calibration, false) as is_calibration,
        batch
    from current_rows
)

select * from renamed
