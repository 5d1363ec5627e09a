with source as (
    select * from {{ source("interactions", "contacts") }}
),

renamed as (
    select
        contact_id,
        customer_ref,
        customer_ref_type,
        channel,
        direction,
        coalesce(
            initiated_by,
            case when direction = 'inbound' then 'customer' else 'company' end
        ) as initiated_by,
        reason,
        queue,
        team,
        brand,
        site,
        queue_entered_at,
        answered_at,
        ended_at,
        wait_seconds,
        disposition,
        coalesce(is_internal, false) as is_internal,
        coalesce(is_test, false) as is_test,
        coalesce(is_spam, false) as is_spam,
        parent_contact_id,
        ticket_id,
        updated_at,
        coalesce(is_deleted, false) as is_deleted,
        batch,
        source_file,
        row_number
    from source
)

select * from renamed
