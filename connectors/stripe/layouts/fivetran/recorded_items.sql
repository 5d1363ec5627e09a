select
    id as item_id,
    subscription_id,
    created as created_at,
    plan_id as price_id,
    quantity,
    _fivetran_synced as seen_at,
    file_number
from fivetran.subscription_item
