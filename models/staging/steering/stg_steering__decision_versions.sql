with source as (
    select * from {{ source("steering", "decisions") }}
),

history as (
    {{ version_history("source", ["decision_id"]) }}
),

renamed as (
    select
        decision_id,
        kpi_id,
        objective_id,
        signal_id,
        level,
        owner_role,
        decided_on,
        action,
        slice_type,
        slice_value,
        control_slice_value,
        expected_change,
        expected_gain_eur,
        confidence,
        effort_days,
        cost_eur,
        review_on,
        status,
        updated_at,
        batch,
        row_number
    from history
)

select * from renamed
