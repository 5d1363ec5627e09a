-- billing.subscription_events: every subscription starts, and 1,869 of them end.
--
-- The workbooks name no currency; amounts are taken at face value in the currency of
-- reporting. They also know the latest monthly charge only, which stands for the whole life.
with customers as (

    select * from shape.customers

),

events as (

    select
        customer_id,
        'started' as event_type,
        started_local as effective_local,
        monthly_charge as amount,
        cast(null as varchar) as reason,

    from customers

    union all

    select customer_id, 'ended', ended_local, null, churn_category
    from customers
    where ended_local is not null

),

final as (

    select
        customer_id || '-' || event_type as event_id,
        customer_id || '-1' as subscription_id,
        customer_id,
        event_type,
        strftime(effective_local, '%Y-%m-%dT%H:%M:%S') as effective_at,
        case when event_type = 'started' then 'service' end as plan,
        amount,
        case when event_type = 'started' then 'month' end as billing_interval,
        reason,

    from events

)

select * from final
