-- billing.customers: one row per version of a customer: as it started and, for whoever
-- churned, as it left. The segment is the contract.
with customers as (

    select * from shape.customers

),

versions as (

    select
        customer_id,
        contract,
        started_local,
        cast(null as timestamp) as closed_local,
        started_local as updated_local,

    from customers

    union all

    select customer_id, contract, started_local, ended_local, ended_local
    from customers
    where ended_local is not null

),

final as (

    select
        customer_id,
        contract as segment,
        'US' as country,
        strftime(started_local, '%Y-%m-%dT%H:%M:%S') as created_at,
        strftime(closed_local, '%Y-%m-%dT%H:%M:%S') as closed_at,
        strftime(updated_local, '%Y-%m-%dT%H:%M:%S') as updated_at,

    from versions

)

select * from final
