with source as (
    select * from {{ source("steering", "objectives") }}
),

current_rows as (
    {{ current_version("source", ["objective_id"], "first_wins") }}
),

renamed as (
    select
        objective_id,
        parent_objective_id,
        label,
        level,
        kind,
        kpi_id,
        baseline,
        relative_change,
        target,
        starts_on,
        due_on,
        owner_role,
        batch
    from current_rows
)

select * from renamed
