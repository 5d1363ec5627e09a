-- How a ticket names its requester. What a user is called now counts for all of their tickets.
with newest as (
    select *
    from shape.user_versions
    qualify row_number() over (partition by user_id order by updated_at desc) = 1
),

described as (
    select
        newest.*,
        staff.user_id is not null as is_staff
    from newest
    left join (select distinct user_id from shape.staff where is_agent) as staff
        on newest.user_id = staff.user_id
)

select
    user_id,
    created_at,
    updated_at,
    email,
    phone,
    external_id,
    is_suspended,
    is_active,
    is_staff,
    case
        when is_staff then coalesce(email, user_id)
        when getvariable('customers') = 'yes' then user_id
        when getvariable('customer_reference') = 'external_id' and external_id is not null
            then external_id
        else coalesce(email, phone, 'zendesk:' || user_id)
    end as customer_ref,
    case
        when is_staff then 'account'
        when getvariable('customers') = 'yes' then 'customer_id'
        when getvariable('customer_reference') = 'external_id' and external_id is not null
            then 'customer_id'
        when email is not null then 'email'
        when phone is not null then 'phone'
        else 'handle'
    end as customer_ref_type
from described
