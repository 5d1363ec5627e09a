-- Every id that was merged, or declared as another id, leads to a survivor who leads to nobody.
-- A failure means that records were merged into each other, two or more in a circle: nobody knows
-- whose their contacts and revenue are, so they are left as they were. Look first at the ids named
-- here in billing.customer_merges, then in billing.customer_refs (type customer_id), and delete the
-- row that is wrong (is_deleted).
with links as (
    select * from {{ ref("int_customer_ids_linked") }}
)

select
    links.customer_id,
    links.linked_customer_id
from links
left join {{ ref("int_customer_survivors_resolved") }} as survivors
    on links.customer_id = survivors.customer_id
left join links as later
    on survivors.surviving_customer_id = later.customer_id
where
    survivors.customer_id is null
    or later.customer_id is not null
