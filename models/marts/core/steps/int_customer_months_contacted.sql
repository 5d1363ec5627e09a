-- The first contact of each month that an agent handled, per known customer. Test customers and
-- staff buy nothing as customers.
with handled as (
    select
        *,
        {{ period_start("month", "business_date") }} as month_start
    from {{ ref("contacts") }}
    where
        is_handled
        and is_identified
),

first_handled as (
    select *
    from {{
        first_row_per_key(
            "handled", ["customer_id", "month_start"], ["queue_entered_at", "contact_id"]
        )
    }}
),

final as (
    select
        first_handled.month_start,
        first_handled.customer_id,
        first_handled.contact_id,
        first_handled.queue_entered_at as index_at,
        first_handled.business_date as index_date
    from first_handled
    left join {{ ref("customers") }} as customers
        on first_handled.customer_id = customers.customer_id
    where not coalesce(customers.is_test or customers.is_staff, false)
)

select * from final
