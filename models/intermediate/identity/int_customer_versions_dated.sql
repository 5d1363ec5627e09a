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
        case
            -- the best guess for all that came before it
            when versions.is_first_version then cast('0001-01-01' as date)
            else {{
                business_date("versions.valid_from", parameter("business_time_zone", "varchar"))
            }}
        end as from_date
    from people
    inner join {{ ref("stg_billing__customer_versions") }} as versions
        on people.speaking_customer_id = versions.customer_id
),

last_of_day as (
    select *
    from {{
        first_row_per_key("versions", ["customer_id", "from_date"], ["valid_from desc nulls last"])
    }} as newest
),

final as (
    select
        customer_id,
        coalesce(segment, 'unknown') as segment,
        coalesce(brand, 'unknown') as brand,
        from_date,
        coalesce(
            lead(from_date) over (partition by customer_id order by from_date),
            cast('9999-12-31' as date)
        ) as until_date
    from last_of_day
)

select * from final
