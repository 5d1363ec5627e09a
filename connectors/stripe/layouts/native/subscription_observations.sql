-- What a subscription was at an instant: as each event left it, as the first event found it, and as
-- exports show it. An export is as old as the newest instant in it.
with exported as (
    select
        subscriptions.*,
        to_timestamp(list_max(cast(items ->> '$.data[*].current_period_start' as bigint[])))
            as item_period_start
    from native.subscriptions as subscriptions
    where object = 'subscription'
),

snapshots as (
    select
        'export/' || file_number || '/' || row_number as version_id,
        id as subscription_id,
        max(
            greatest(created, current_period_start, item_period_start, canceled_at, ended_at)
        ) over (partition by file_number) as observed_at,
        file_number as observation_order,
        false as is_event,
        customer,
        status,
        currency,
        coalesce(start_date, created) as started_at,
        trial_end,
        coalesce(cancel_at_period_end, false) or cancel_at is not null as is_cancelling,
        canceled_at,
        ended_at,
        pause_collection,
        cancellation_details,
        items,
        plan,
        quantity,
        discount,
        discounts,
        default_tax_rates,
        coalesce(livemode, true) as is_live
    from exported
),

told as (
    select
        id as event_id,
        type,
        created as observed_at,
        data -> 'object' as object,
        data -> 'previous_attributes' as previous
    from native.events
    where data ->> '$.object.object' = 'subscription'
    -- webhooks are delivered at least once
    qualify row_number() over (partition by id order by file_number, row_number) = 1
),

-- what the first event changed was otherwise before
ranked as (
    select
        *,
        row_number() over (
            partition by object ->> 'id'
            order by observed_at, type <> 'customer.subscription.created', event_id
        ) as event_number
    from told
),

states as (
    select
        event_id as version_id,
        observed_at,
        -- within a second a subscription is created first and deleted last
        case type
            when 'customer.subscription.created' then 1
            when 'customer.subscription.deleted' then 3
            else 2
        end as observation_order,
        object
    from ranked
    union all by name
    select
        event_id || '/before' as version_id,
        observed_at,
        0 as observation_order,
        json_merge_patch(object, previous) as object
    from ranked
    where event_number = 1 and type <> 'customer.subscription.created' and previous is not null
),

read as (
    select
        version_id,
        observed_at,
        observation_order,
        unnest(from_json(object, '{
            "id": "VARCHAR", "customer": "VARCHAR", "status": "VARCHAR", "currency": "VARCHAR",
            "created": "BIGINT", "start_date": "BIGINT", "trial_end": "BIGINT",
            "cancel_at_period_end": "BOOLEAN", "cancel_at": "BIGINT", "canceled_at": "BIGINT",
            "ended_at": "BIGINT", "pause_collection": "JSON", "cancellation_details": "JSON",
            "items": "JSON", "plan": "JSON", "quantity": "DOUBLE", "discount": "JSON",
            "discounts": "JSON", "default_tax_rates": "JSON", "livemode": "BOOLEAN"
        }'))
    from states
),

events as (
    select
        version_id,
        id as subscription_id,
        observed_at,
        observation_order,
        true as is_event,
        customer,
        status,
        currency,
        to_timestamp(coalesce(start_date, created)) as started_at,
        to_timestamp(trial_end) as trial_end,
        coalesce(cancel_at_period_end, false) or cancel_at is not null as is_cancelling,
        to_timestamp(canceled_at) as canceled_at,
        to_timestamp(ended_at) as ended_at,
        pause_collection,
        cancellation_details,
        items,
        plan,
        quantity,
        discount,
        discounts,
        default_tax_rates,
        coalesce(livemode, true) as is_live
    from read
),

final as (
    select
        version_id,
        subscription_id,
        observed_at,
        observation_order,
        is_event,
        -- an expanded customer stands in place of its number
        coalesce(try_cast(customer as json) ->> 'id', customer) as stripe_customer_id,
        status,
        currency,
        started_at,
        trial_end,
        is_cancelling,
        canceled_at,
        ended_at,
        coalesce(json_type(pause_collection) = 'OBJECT', false) as is_collection_paused,
        to_timestamp(cast(pause_collection ->> 'resumes_at' as bigint)) as pause_resumes_at,
        cancellation_details ->> 'reason' as cancel_reason,
        cancellation_details ->> 'feedback' as cancel_feedback,
        coalesce(
            items -> 'data',
            -- before there were items a subscription had one plan
            case
                when json_type(plan) = 'OBJECT'
                    then json_array(
                        json_object('id', subscription_id, 'plan', plan, 'quantity', quantity)
                    )
            end
        ) as items,
        case
            when json_array_length(discounts) > 0 then discounts
            when json_type(discount) = 'OBJECT' then json_array(discount)
        end as discounts,
        (
            select sum(cast(rate ->> 'percentage' as double))
            from unnest(cast(default_tax_rates as json[])) as rates (rate)
            where rate ->> 'inclusive' = 'true'
        ) as inclusive_tax_percent,
        is_live
    from (
        select * from snapshots
        union all by name
        select * from events
    )
)

select * from final
