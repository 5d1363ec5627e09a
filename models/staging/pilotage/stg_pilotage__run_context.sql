with source as (
    select * from {{ source("pilotage", "run_context") }}
),

renamed as (
    select
        edition,
        as_of,
        previous_batch,
        latest_batch,
        previous_as_of,
        started_at,
        checked_at,
        project_fingerprint
    from source
)

select * from renamed
