with metadata as (
    select
        customer_id,
        cast(to_json(map_from_entries(list(row(key, value) order by key))) as json) as metadata
    from (
        select * from sigma.customers_metadata
        qualify
            row_number() over (
                partition by customer_id, key order by file_number desc, row_number desc
            ) = 1
    )
    group by 1
),

final as (
    select
        customers.id as stripe_id,
        max(customers.created) over (partition by customers.file_number) as observed_at,
        false as is_event,
        customers.file_number,
        customers.row_number,
        customers.created as created_at,
        customers.email,
        customers.phone,
        customers.address_country as country,
        metadata.metadata,
        coalesce(customers.livemode, true) as is_live,
        coalesce(customers.deleted, false) as is_deleted
    from sigma.customers as customers
    left join metadata
        on customers.id = metadata.customer_id
)

select * from final
