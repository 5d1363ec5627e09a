-- The e-mail or phone on a customer's own row, for the time that no declaration covers: before the
-- first, and from the end of each to the start of the next.
with always as (
    select
        cast('0001-01-01' as timestamptz) as valid_from,
        cast('9999-12-31' as timestamptz) as valid_before
),

customers as (
    select
        customers.email,
        customers.phone,
        {{ surviving_customer("customers") }} as surviving_customer_id
    from {{ ref("stg_billing__customers") }} as customers
    left join {{ ref("int_customer_survivors_resolved") }} as survivors
        on customers.customer_id = survivors.customer_id
),

-- a cell may hold several
given as (
    select
        'email' as ref_type,
        {{ each_word("email") }} as ref_value,
        surviving_customer_id,
        'customer_email' as identity_rule
    from customers
    where email is not null
    union all
    select
        'phone',
        {{ each_word("phone") }},
        surviving_customer_id,
        'customer_phone'
    from customers
    where phone is not null
),

-- an address on the rows of two customers goes to one of them, always the same; one that many hold
-- is nobody's
addresses as (
    select
        ref_type,
        ref_value,
        min(surviving_customer_id) as customer_id,
        identity_rule
    from given
    group by 1, 2, 4
    having
        count(distinct surviving_customer_id)
        <= {{ parameter("shared_address_customers", "integer") }}
),

declared as (
    select
        ref_type,
        ref_value,
        valid_from,
        valid_before
    from {{ ref("int_customer_references_held") }}
    union all
    -- one that lasts no time, where time begins: what follows it is the time before the first
    select
        addresses.ref_type,
        addresses.ref_value,
        always.valid_from,
        always.valid_from
    from addresses
    cross join always
),

gaps as (
    select
        declared.ref_type,
        declared.ref_value,
        declared.valid_before as valid_from,
        coalesce(
            lead(declared.valid_from) over (
                partition by declared.ref_type, declared.ref_value
                order by declared.valid_from, declared.valid_before
            ),
            always.valid_before
        ) as valid_before
    from declared
    cross join always
),

final as (
    select
        addresses.ref_type,
        addresses.ref_value,
        addresses.customer_id,
        addresses.identity_rule,
        gaps.valid_from,
        gaps.valid_before
    from addresses
    inner join gaps
        on
            addresses.ref_type = gaps.ref_type
            and addresses.ref_value = gaps.ref_value
    where gaps.valid_from < gaps.valid_before
)

select * from final
