{{
    config(
        materialized = "incremental",
        incremental_strategy = "delete+insert",
        unique_key = ["ref_type", "ref_value"],
    )
}}
-- The person behind each reference, at every instant by the strongest rule that then holds: the
-- customer's own id, what sources declare, the address on a customer's row.
-- Incremental only to remember: a reference whose answer changed carries the batch that changed
-- it, so that the contacts that used it, and no others, are made again. Whom it led to before stays
-- with it, without a time at which it does: they lost what now is another's.
with ids as (
    select customer_id from {{ ref("stg_billing__customers") }}
    union
    -- an id may be known by its merge alone
    select customer_id from {{ ref("int_customer_survivors_resolved") }}
),

stretches as (
    select
        'customer_id' as ref_type,
        ids.customer_id as ref_value,
        cast('0001-01-01' as timestamptz) as valid_from,
        cast('9999-12-31' as timestamptz) as valid_before,
        {{ surviving_customer("ids") }} as customer_id,
        coalesce(survivors.identity_rule, 'customer_id') as identity_rule
    from ids
    left join {{ ref("int_customer_survivors_resolved") }} as survivors
        on ids.customer_id = survivors.customer_id
    union all
    select
        ref_type,
        ref_value,
        valid_from,
        valid_before,
        customer_id,
        'customer_refs'
    from {{ ref("int_customer_references_held") }}
    union all
    select
        ref_type,
        ref_value,
        valid_from,
        valid_before,
        customer_id,
        identity_rule
    from {{ ref("int_customer_addresses_held") }}
),

-- what a person was on some day, in one text: any change of it bears on what they did then
histories as (
    select
        customer_id,
        {{ text_in_order(
            "concat_ws('|', from_date, segment, brand)", ";", "from_date"
        ) }} as history
    from {{ ref("int_customer_versions_dated") }}
    group by 1
),

matched as (
    select
        stretches.*,
        histories.history,
        people.segment,
        people.brand,
        people.created_at,
        people.closed_at,
        coalesce(people.is_test or people.is_staff, false) as is_excluded
    from stretches
    left join {{ ref("int_customers_resolved") }} as people
        on stretches.customer_id = people.customer_id
    left join histories
        on stretches.customer_id = histories.customer_id
),

{% if is_incremental() %}

changed as (
    select distinct
        coalesce(matched.ref_type, before.ref_type) as ref_type,
        coalesce(matched.ref_value, before.ref_value) as ref_value
    from matched
    full join (
        select * from {{ this }}
        where valid_from is not null or customer_id is null
    ) as before
        on
            matched.ref_type = before.ref_type
            and matched.ref_value = before.ref_value
            and matched.valid_from = before.valid_from
    where
        matched.valid_before is distinct from before.valid_before
        or matched.customer_id is distinct from before.customer_id
        or matched.identity_rule is distinct from before.identity_rule
        or matched.history is distinct from before.history
        or matched.segment is distinct from before.segment
        or matched.brand is distinct from before.brand
        or matched.created_at is distinct from before.created_at
        or matched.closed_at is distinct from before.closed_at
        or matched.is_excluded is distinct from before.is_excluded
),

-- a reference that no longer leads anywhere stays, with no customer
known as (
    select
        changed.ref_type,
        changed.ref_value,
        matched.valid_from,
        matched.valid_before,
        matched.customer_id,
        matched.identity_rule,
        matched.history,
        matched.segment,
        matched.brand,
        matched.created_at,
        matched.closed_at,
        matched.is_excluded
    from changed
    left join matched
        on
            changed.ref_type = matched.ref_type
            and changed.ref_value = matched.ref_value
    union all
    select distinct
        changed.ref_type,
        changed.ref_value,
        cast(null as timestamptz),
        cast(null as timestamptz),
        before.customer_id,
        cast(null as varchar),
        cast(null as varchar),
        cast(null as varchar),
        cast(null as varchar),
        cast(null as timestamptz),
        cast(null as timestamptz),
        cast(null as boolean)
    from changed
    inner join {{ this }} as before
        on
            changed.ref_type = before.ref_type
            and changed.ref_value = before.ref_value
    where before.customer_id is not null
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
    cross join {{ ref("int_run_described") }} as run
)

select * from final
