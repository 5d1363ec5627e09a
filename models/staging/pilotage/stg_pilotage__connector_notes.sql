with source as (
    select * from {{ source("pilotage", "connector_notes") }}
),

renamed as (
    select
        connector,
        finding,
        severity,
        what,
        what_to_do,
        source,
        "table" as table_name,
        detail,
        "rows" as row_count,
        since
    from source
)

select * from renamed
