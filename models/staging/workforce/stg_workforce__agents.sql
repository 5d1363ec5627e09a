with source as (
    select * from {{ source("workforce", "agents") }}
),

current_rows as (
    {{ current_version("source", ["agent_id"], "updated_at") }}
),

renamed as (
    select
        agent_id,
        team,
        site,
        role,
        support_level,
        provider,
        hired_on,
        left_on,
        updated_at,
        batch
    from current_rows
)

select * from renamed
