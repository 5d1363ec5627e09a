-- Items as each export shows them; a subscription of one price may stand without them.
select
    id as item_id,
    subscription_id,
    created as created_at,
    coalesce(price_id, plan_id) as price_id,
    quantity,
    max(created) over (partition by file_number) as seen_at,
    file_number
from sigma.subscription_items
union all by name
select
    subscriptions.id as item_id,
    subscriptions.id as subscription_id,
    null as created_at,
    coalesce(subscriptions.price_id, subscriptions.plan_id) as price_id,
    coalesce(subscriptions.quantity, 1) as quantity,
    max(greatest(subscriptions.created, subscriptions.current_period_start))
        over (partition by subscriptions.file_number) as seen_at,
    subscriptions.file_number
from sigma.subscriptions as subscriptions
where
    coalesce(subscriptions.price_id, subscriptions.plan_id) is not null
    and subscriptions.id not in (select subscription_id from sigma.subscription_items)
