-- At any instant a reference leads to one person at most.
-- A failure means that two stretches of time of a reference overlap: contacts within the overlap
-- would count twice. Look first at int_customer_references_held, which says who held it, then at
-- int_customer_addresses_held, which fills what is left.
with stretches as (
    select
        ref_type,
        ref_value,
        valid_from,
        valid_before,
        lead(valid_from) over (partition by ref_type, ref_value order by valid_from)
            as next_valid_from
    from {{ ref("int_customer_references_matched") }}
)

select
    ref_type,
    ref_value,
    valid_from,
    valid_before,
    next_valid_from
from stretches
where
    valid_before <= valid_from
    or valid_before > next_valid_from
