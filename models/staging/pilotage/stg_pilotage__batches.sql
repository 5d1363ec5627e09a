with source as (
    select * from {{ source("pilotage", "batches") }}
),

renamed as (
    select
        batch,
        source,
        "table" as table_name,
        accepted_at,
        received as received_count,
        accepted as accepted_count,
        quarantined as quarantined_count,
        duplicate as duplicate_count,
        unknown_columns,
        files,
        contract_sha256
    from source
    -- batch 0 only marks the beginning of the ledger
    where batch > 0
)

select * from renamed
