with versions as (
    select * from {{ ref("stg_interactions__ticket_versions") }}
),

current_rows as (
    {{ current_version("versions", ["ticket_id"], "updated_at") }}
),

final as (
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
        is_spam,
        merged_into_ticket_id,
        is_reply_expected,
        updated_at,
        batch
    from current_rows
)

select * from final
