with source as (
    select * from {{ source("workforce", "skill_assessments") }}
),

current_rows as (
    {{ current_version("source", ["assessment_id"], "first_wins") }}
),

renamed as (
    select
        assessment_id,
        agent_id,
        skill,
        level,
        assessed_on,
        coalesce(is_validated, false) as is_validated,
        batch
    from current_rows
)

select * from renamed
