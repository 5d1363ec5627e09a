select
    id as user_id,
    role,
    created_at,
    updated_at,
    nullif(lower(email), '') as email,
    phone,
    external_id,
    coalesce(suspended, false) as is_suspended,
    coalesce(active, true) as is_active,
    cast(null as varchar) as default_group_id,
    file_number,
    row_number
from fivetran.user
