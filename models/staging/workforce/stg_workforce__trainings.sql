with source as (
    select * from {{ source("workforce", "trainings") }}
),

current_rows as (
    {{ current_version("source", ["training_id"], "first_wins") }}
),

renamed as (
    select
        training_id,
        agent_id,
        training_type,
        ended_on,
        coalesce(is_completed, false) as is_completed,
        validated_on,
        batch
    from current_rows
)

select * from renamed
