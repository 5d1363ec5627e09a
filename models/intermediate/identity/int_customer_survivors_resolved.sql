-- A customer merged into another that was merged in turn belongs to the last one of the chain.
-- Ids in a cycle have no last one: they are left as they are, and a test fails.
with merges as (
    select
        merged_customer_id as customer_id,
        survivor_customer_id
    from {{ ref("stg_billing__customer_merges") }}
),

final as (
    {{
        ends_of_chains(
            "merges", "customer_id", "survivor_customer_id", end_key="surviving_customer_id"
        )
    }}
)

select * from final
