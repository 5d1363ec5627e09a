with source as (
    select * from {{ source("interactions", "tickets") }}
),

renamed as (
    select
        ticket_id,
        customer_ref,
        customer_ref_type,
        channel,
        reason,
        team,
        brand,
        priority,
        created_at,
        created_by,
        coalesce(is_spam, false) as is_spam,
        -- merged into itself: nothing happened
        nullif(merged_into_ticket_id, ticket_id) as merged_into_ticket_id,
        coalesce(is_reply_expected, true) as is_reply_expected,
        updated_at,
        coalesce(is_deleted, false) as is_deleted,
        batch,
        source_file,
        row_number
    from source
)

select * from renamed
