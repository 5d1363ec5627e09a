with source as (
    select * from {{ source("workforce", "improvement_proposals") }}
),

current_rows as (
    {{ current_version("source", ["proposal_id"], "first_wins") }}
),

renamed as (
    select
        proposal_id,
        agent_id,
        proposed_on,
        adopted_on,
        batch
    from current_rows
)

select * from renamed
