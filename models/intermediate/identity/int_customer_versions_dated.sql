-- Which segment and brand a person had on a date: what held when that day ended. Who a person is,
-- is known as of today; what they were is what their own record said then.
with people as (
    select
        customer_id,
        speaking_customer_id
    from {{ ref("int_customers_resolved") }}
),

versions as (
    select
        people.customer_id,
        versions.segment,
        versions.brand,
        versions.valid_from,
        versions.is_first_version
    from people
    inner join {{ ref("stg_billing__customer_versions") }} as versions
        on people.speaking_customer_id = versions.customer_id
),

dated as (
    {{ versions_dated("versions", "customer_id") | indent(4) }}
),

final as (
    select
        customer_id,
        coalesce(segment, 'unknown') as segment,
        coalesce(brand, 'unknown') as brand,
        from_date,
        until_date
    from dated
)

select * from final
