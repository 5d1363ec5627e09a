-- What exports and events said of a customer, and when. An export is as old as the newest customer
-- in it; an event has an instant of its own.
with exported as (
    select
        id as stripe_id,
        max(created) over (partition by file_number) as observed_at,
        false as is_event,
        file_number,
        row_number,
        created as created_at,
        email,
        phone,
        address ->> 'country' as country,
        metadata,
        coalesce(livemode, true) as is_live,
        coalesce(deleted, false) as is_deleted
    from native.customers
    where object = 'customer'
),

told as (
    select
        created as observed_at,
        file_number,
        row_number,
        type,
        data -> 'object' as customer
    from native.events
    where type in ('customer.created', 'customer.updated', 'customer.deleted')
),

final as (
    select * from exported
    union all by name
    select
        customer ->> 'id' as stripe_id,
        observed_at,
        true as is_event,
        file_number,
        row_number,
        to_timestamp(cast(customer ->> 'created' as bigint)) as created_at,
        customer ->> 'email' as email,
        customer ->> 'phone' as phone,
        customer ->> '$.address.country' as country,
        customer -> 'metadata' as metadata,
        coalesce(cast(customer ->> 'livemode' as boolean), true) as is_live,
        type = 'customer.deleted' as is_deleted
    from told
)

select * from final
