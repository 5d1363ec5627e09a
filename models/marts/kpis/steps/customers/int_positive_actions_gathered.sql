-- Customers who bought again of their own accord: orders of theirs that they kept, and what they
-- did with their subscriptions.
with purchases as (
    select
        customer_id,
        ordered_date as action_date,
        'purchase' as action_type
    from {{ ref("int_purchases_described") }}
    where is_repurchase
),

final as (
    select distinct
        customer_id,
        action_date,
        action_type
    from purchases
    union all
    select
        customer_id,
        action_date,
        action_type
    from {{ ref("int_subscription_actions_found") }}
)

select * from final
