with source as (
    select * from {{ source("pilotage", "batches") }}
),

renamed as (
    select
        batch,
        source,
        "table" as table_name,
        accepted_at,
        received,
        accepted,
        quarantined,
        duplicate,
        unknown_columns,
        refused_identifiers,
        settled,
        strange,
        accepts
    from source
    -- the first only says that the landing area is there
    where source is not null
)

select * from renamed
