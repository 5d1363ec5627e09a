-- Ids that stand for another record of the same person: merged into it, or declared as another id
-- of it. Each id has one link at most. An id does not change hands, so that the time for which a
-- source declares one is not read.
with merges as (
    select
        merged_customer_id as customer_id,
        survivor_customer_id as linked_customer_id,
        'merge' as identity_rule
    from {{ ref("stg_billing__customer_merges") }}
    where merged_customer_id <> survivor_customer_id
),

-- A merge says more than a declaration. An id that several customers claim is one person's, always
-- the same.
aliases as (
    select
        refs.ref_value as customer_id,
        min(refs.customer_id) as linked_customer_id,
        'customer_refs' as identity_rule
    from {{ ref("stg_billing__customer_refs") }} as refs
    left join merges
        on refs.ref_value = merges.customer_id
    where
        refs.ref_type = 'customer_id'
        and refs.ref_value <> refs.customer_id
        and merges.customer_id is null
    group by 1
),

links as (
    select * from merges
    union all
    select * from aliases
),

-- Two ids that are declared for each other are one person: a merge says which of them survives,
-- else the smaller does.
final as (
    select links.*
    from links
    left join links as answers
        on
            links.linked_customer_id = answers.customer_id
            and links.customer_id = answers.linked_customer_id
    where
        links.identity_rule = 'merge'
        or answers.customer_id is null
        or (answers.identity_rule = 'customer_refs' and links.customer_id > answers.customer_id)
)

select * from final
