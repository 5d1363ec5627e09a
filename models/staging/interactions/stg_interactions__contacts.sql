with versions as (
    select * from {{ ref("stg_interactions__contact_versions") }}
),

current_rows as (
    {{ current_version("versions", ["contact_id"], "updated_at") }}
),

final as (
    select
        contact_id,
        customer_ref,
        customer_ref_type,
        channel,
        direction,
        initiated_by,
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
        is_internal,
        is_test,
        is_spam,
        parent_contact_id,
        ticket_id,
        updated_at,
        batch
    from current_rows
)

select * from final
