{{
    config(
        materialized = "incremental",
        incremental_strategy = "delete+insert",
        unique_key = ["ref_type", "ref_value"],
    )
}}
-- Incremental only to remember: a reference whose answer changed carries the batch that changed
-- it, so that the contacts that used it, and no others, are told again.
with customers as (
    select
        customers.*,
        coalesce(survivors.surviving_customer_id, customers.customer_id)
            as surviving_customer_id
    from {{ ref("stg_billing__customers") }} as customers
    left join {{ ref("int_customer_survivors_resolved") }} as survivors
        on customers.customer_id = survivors.customer_id
),

declared as (
    select
        'customer_id' as ref_type,
        customer_id as ref_value,
        surviving_customer_id as customer_id,
        1 as rule_rank,
        case
            when customer_id = surviving_customer_id then 'customer_id'
            else 'merge'
        end as identity_rule
    from customers
    union all
    select
        'customer_id',
        survivors.customer_id,
        survivors.surviving_customer_id,
        2,
        'merge'
    from {{ ref("int_customer_survivors_resolved") }} as survivors
    union all
    select
        refs.ref_type,
        refs.ref_value,
        coalesce(survivors.surviving_customer_id, refs.customer_id),
        3,
        'customer_refs'
    from {{ ref("stg_billing__customer_refs") }} as refs
    left join {{ ref("int_customer_survivors_resolved") }} as survivors
        on refs.customer_id = survivors.customer_id
    union all
    select
        'email',
        email,
        surviving_customer_id,
        4,
        'customer_email'
    from customers
    where email is not null
    union all
    select
        'phone',
        phone,
        surviving_customer_id,
        4,
        'customer_phone'
    from customers
    where phone is not null
),

-- A reference that two customers share goes to one of them, always the same.
ranked as (
    select
        *,
        row_number() over (
            partition by ref_type, ref_value
            order by rule_rank, customer_id, identity_rule
        ) as preference
    from declared
),

matched as (
    select
        ranked.ref_type,
        ranked.ref_value,
        ranked.customer_id,
        ranked.identity_rule,
        people.segment,
        people.brand,
        coalesce(people.is_test or people.is_staff, false) as is_excluded
    from ranked
    left join {{ ref("int_customers_resolved") }} as people
        on ranked.customer_id = people.customer_id
    where ranked.preference = 1
),

{% if is_incremental() %}

-- References that no longer lead anywhere stay, with no customer.
known as (
    select
        coalesce(matched.ref_type, before.ref_type) as ref_type,
        coalesce(matched.ref_value, before.ref_value) as ref_value,
        matched.customer_id,
        matched.identity_rule,
        matched.segment,
        matched.brand,
        matched.is_excluded
    from matched
    full join {{ this }} as before
        on
            matched.ref_type = before.ref_type
            and matched.ref_value = before.ref_value
    where
        matched.customer_id is distinct from before.customer_id
        or matched.identity_rule is distinct from before.identity_rule
        or matched.segment is distinct from before.segment
        or matched.brand is distinct from before.brand
        or matched.is_excluded is distinct from before.is_excluded
),

{% else %}

known as (
    select * from matched
),

{% endif %}

final as (
    select
        known.*,
        run.latest_batch as changed_in_batch
    from known
    cross join {{ ref("int_run_observed") }} as run
)

select * from final
