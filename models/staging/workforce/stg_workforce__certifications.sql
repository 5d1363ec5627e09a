with source as (
    select * from {{ source("workforce", "certifications") }}
),

current_rows as (
    {{ current_version("source", ["certification_id"], "first_wins") }}
),

renamed as (
    select
        certification_id,
        agent_id,
        role,
        certified_on,
        expires_on,
        batch
    from current_rows
)

select * from renamed
