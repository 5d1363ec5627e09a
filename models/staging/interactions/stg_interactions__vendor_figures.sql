with source as (
    select * from {{ source("interactions", "vendor_figures") }}
),

current_rows as (
    {{ current_version("source", ["figure_id"], "updated_at") }}
),

renamed as (
    select
        figure_id,
        subject_type,
        subject_id,
        metric,
        value,
        coalesce(unit, case when metric in ('reopens', 'replies') then 'count' else 'seconds' end)
            as unit,
        computed_at,
        updated_at,
        batch
    from current_rows
)

select * from renamed
