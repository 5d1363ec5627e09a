with source as (
    select * from {{ source("steering", "decisions") }}
),

current_rows as (
    {{ current_version("source", ["decision_id"], "updated_at") }}
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
        batch
    from current_rows
)

select * from renamed
