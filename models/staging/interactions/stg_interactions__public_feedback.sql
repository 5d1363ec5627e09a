with source as (
    select * from {{ source("interactions", "public_feedback") }}
),

current_rows as (
    {{ current_version("source", ["feedback_id"], "first_wins") }}
),

renamed as (
    select
        feedback_id,
        platform,
        author_ref,
        rating,
        rating_max,
        text,
        posted_at,
        replied_at,
        brand,
        batch
    from current_rows
)

select * from renamed
