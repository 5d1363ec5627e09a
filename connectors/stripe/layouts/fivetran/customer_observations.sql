select
    id as stripe_id,
    _fivetran_synced as observed_at,
    true as is_event,
    file_number,
    row_number,
    created as created_at,
    email,
    phone,
    address_country as country,
    try_cast(metadata as json) as metadata,
    coalesce(livemode, true) as is_live,
    coalesce(is_deleted, false) as is_deleted
from fivetran.customer
