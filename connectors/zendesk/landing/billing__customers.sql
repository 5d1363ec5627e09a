select
    user_id as customer_id,
    email,
    phone,
    created_at,
    case when not is_active then greatest(updated_at, created_at) end as closed_at,
    updated_at
from shape.requesters
where
    getvariable('customers') = 'yes'
    and not is_staff
