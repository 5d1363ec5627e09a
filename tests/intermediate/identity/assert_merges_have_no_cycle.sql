-- Every merge of customers leads to a survivor, who was merged into nobody.
-- A failure means that two or more customers were merged into each other: nobody knows whose their
-- contacts and revenue are, so they are left as they were. Look first at the customers named here
-- in billing.customer_merges, and delete the merge that is wrong (is_deleted).
with merges as (
    select
        merged_customer_id,
        survivor_customer_id
    from {{ ref("stg_billing__customer_merges") }}
    where merged_customer_id <> survivor_customer_id
)

select
    merges.merged_customer_id,
    merges.survivor_customer_id
from merges
left join {{ ref("int_customer_survivors_resolved") }} as survivors
    on merges.merged_customer_id = survivors.customer_id
left join merges as later
    on survivors.surviving_customer_id = later.merged_customer_id
where
    survivors.customer_id is null
    or later.merged_customer_id is not null
