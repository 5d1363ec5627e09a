-- A row per version. Where records of Stripe's share one number of the service's own, the oldest
-- speaks; the customer is gone once all of them are.
with versions as (
    select
        *,
        dense_rank() over (partition by customer_id order by created_at, stripe_id) as record_rank,
        min(created_at) over (partition by customer_id) as first_created_at
    from shape.customers
    where created_at is not null
),

gone as (
    select customer_id, max(deleted_at) as closed_at
    from (
        select
            customer_id,
            stripe_id,
            max(deleted_at) as deleted_at,
            bool_or(is_deleted) as is_deleted
        from versions
        group by all
    )
    group by 1
    having bool_and(is_deleted)
),

-- a deletion that only left the number says nothing new of the customer
told as (
    select
        versions.customer_id,
        versions.email,
        versions.phone,
        versions.segment,
        versions.country,
        versions.brand,
        versions.first_created_at as created_at,
        case when versions.is_deleted then gone.closed_at end as closed_at,
        versions.observation_number,
        versions.observed_at
    from versions
    left join gone
        on versions.customer_id = gone.customer_id
    where versions.record_rank = 1
),

changed as (
    select
        *,
        case when observation_number = 1 then created_at else observed_at end as updated_at
    from told
    qualify
        row(email, phone, segment, country, brand, closed_at)
        is distinct from lag(row(email, phone, segment, country, brand, closed_at)) over (
            partition by customer_id order by observation_number
        )
        or observation_number = 1
),

final as (
    select
        customer_id,
        email,
        phone,
        segment,
        country,
        brand,
        created_at,
        closed_at,
        updated_at
    from changed
    qualify
        row_number() over (
            partition by customer_id, updated_at order by observation_number desc
        ) = 1
)

select * from final
