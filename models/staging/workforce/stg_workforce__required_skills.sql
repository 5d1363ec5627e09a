with source as (
    select * from {{ source("workforce", "required_skills") }}
),

current_rows as (
    {{ current_version("source", ["role", "skill"], "last_wins") }}
),

renamed as (
    select
        role,
        skill,
        level,
        batch
    from current_rows
)

select * from renamed
