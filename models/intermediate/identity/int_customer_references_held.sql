-- Who held a reference that sources declare, and when: an address or a number may change hands.
-- Where two customers are declared at once, the one whose declaration ends last holds it; of two
-- that end together the newest, of two alike the smaller id. So a new holder takes over from one
-- whose end nobody wrote down.
with declared as (
    select
        refs.ref_type,
        refs.ref_value,
        {{ surviving_customer("refs") }} as customer_id,
        coalesce(refs.valid_from, cast('0001-01-01' as timestamptz)) as declared_from,
        coalesce(refs.valid_to, cast('9999-12-31' as timestamptz)) as declared_before
    from {{ ref("stg_billing__customer_refs") }} as refs
    left join {{ ref("int_customer_survivors_resolved") }} as survivors
        on refs.customer_id = survivors.customer_id
    -- another id of a customer does not change hands: int_customer_ids_linked
    where refs.ref_type <> 'customer_id'
),

-- a reference declared for many at the same instant names none of them
crowds as (
    select
        ref_type,
        ref_value,
        declared_from
    from declared
    group by 1, 2, 3
    having count(distinct customer_id) > {{ parameter("shared_address_customers", "integer") }}
),

ordered as (
    select
        declared.*,
        row_number() over (
            partition by declared.ref_type, declared.ref_value, declared.declared_from
            order by declared.declared_before desc, declared.customer_id
        ) as rank_at_start,
        max(declared.declared_before) over (
            partition by declared.ref_type, declared.ref_value
            order by declared.declared_from, declared.declared_before desc, declared.customer_id
            rows between unbounded preceding and 1 preceding
        ) as earlier_declared_before
    from declared
    left join crowds
        on
            declared.ref_type = crowds.ref_type
            and declared.ref_value = crowds.ref_value
            and declared.declared_from = crowds.declared_from
    where
        declared.declared_from < declared.declared_before
        and crowds.ref_value is null
),

-- one that ends before an earlier one does never holds
holders as (
    select * from ordered
    where
        rank_at_start = 1
        and declared_before >= coalesce(earlier_declared_before, declared_before)
),

final as (
    select
        ref_type,
        ref_value,
        customer_id,
        declared_from as valid_from,
        least(
            declared_before,
            coalesce(
                lead(declared_from) over (
                    partition by ref_type, ref_value order by declared_from
                ),
                declared_before
            )
        ) as valid_before
    from holders
)

select * from final
