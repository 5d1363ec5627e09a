with source as (
    select * from {{ source("workforce", "agents") }}
),

history as (
    {{ version_history("source", ["agent_id"]) }}
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
        valid_from,
        valid_to,
        is_first_version,
        batch
    from history
)

select * from renamed
