-- surveys.invitations: every customer was asked once, when the quarter closed.
with customers as (

    select * from shape.customers

),

final as (

    select
        'invitation-' || customer_id as invitation_id,
        'satisfaction' as survey_code,
        customer_id as customer_ref,
        'customer_id' as customer_ref_type,
        'email' as channel,
        '2025-10-01T12:00:00' as sent_at,

    from customers

)

select * from final
