-- Customers who bought again of their own accord: orders of theirs that they kept, and what they
-- did with their subscriptions.
with purchases as (
    select
        customer_id,
        ordered_date as action_date,
        'purchase' as action_type
    from {{ ref("orders") }}
    where
        status in ('paid', 'refunded')
        and not is_test
        and not is_automatic
        and net_amount > 0
        -- a refund that names no amount was of all of it
        and coalesce(refunded_amount, case when status = 'refunded' then net_amount else 0 end)
        < net_amount
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
