-- One person, one row: customers merged into another live on in the survivor.
with customers as (
    select * from {{ ref("stg_billing__customers") }}
),

survivors as (
    select * from {{ ref("int_customer_survivors_resolved") }}
),

resolved as (
    select
        customers.*,
        {{ surviving_customer("customers") }} as surviving_customer_id
    from customers
    left join survivors
        on customers.customer_id = survivors.customer_id
),

-- the survivor's own row speaks; where it never arrived, the oldest of those merged into it
spoken_for as (
    select
        *,
        row_number() over (
            partition by surviving_customer_id
            order by
                case when customer_id = surviving_customer_id then 0 else 1 end,
                created_at,
                customer_id
        ) as preference,
        count(*) over (partition by surviving_customer_id) as record_count,
        min(created_at) over (partition by surviving_customer_id) as first_created_at,
        -- who objected under one name has objected
        bool_or(is_scoring_opt_out) over (partition by surviving_customer_id) as has_objected
    from resolved
),

final as (
    select
        surviving_customer_id as customer_id,
        customer_id as speaking_customer_id,
        coalesce(segment, 'unknown') as segment,
        country,
        coalesce(brand, 'unknown') as brand,
        first_created_at as created_at,
        closed_at,
        is_test,
        is_staff,
        has_objected as is_scoring_opt_out,
        cast(record_count - 1 as integer) as merged_record_count
    from spoken_for
    where preference = 1
)

select * from final
