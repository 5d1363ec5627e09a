with source as (
    select * from {{ source("surveys", "invitations") }}
),

current_rows as (
    {{ current_version("source", ["invitation_id"], "first_wins") }}
),

renamed as (
    select
        invitation_id,
        survey_code,
        customer_ref,
        customer_ref_type,
        contact_id,
        ticket_id,
        channel,
        sent_at,
        bounced_at,
        coalesce(is_staff, false) as is_staff,
        batch
    from current_rows
)

select * from renamed
