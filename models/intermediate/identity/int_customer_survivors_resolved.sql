-- A customer merged into another that was merged in turn belongs to the last one of the chain.
-- Ids in a cycle have no last one: they are left as they are, and a test fails.
with recursive merges as (
    select
        merged_customer_id,
        survivor_customer_id
    from {{ ref("stg_billing__customer_merges") }}
    where merged_customer_id <> survivor_customer_id
),

chains as (
    select
        merged_customer_id as customer_id,
        survivor_customer_id as reached_customer_id
    from merges
    -- `union` and not `union all`: a pair met twice ends the walk, so a cycle cannot loop
    union
    select
        chains.customer_id,
        merges.survivor_customer_id
    from chains
    inner join merges
        on chains.reached_customer_id = merges.merged_customer_id
),

ends as (
    select
        chains.customer_id,
        min(chains.reached_customer_id) as surviving_customer_id
    from chains
    left join merges
        on chains.reached_customer_id = merges.merged_customer_id
    where merges.merged_customer_id is null
    group by 1
),

final as (
    select
        customer_id,
        surviving_customer_id
    from ends
)

select * from final
