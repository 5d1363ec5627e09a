-- Contacts offered in a month beside the customers who could have called: the base has no reason,
-- so that its rows name none.
with contacts as (
    select
        {{ period_start("month", "business_date") }} as month_start,
        reason_group,
        segment,
        brand,
        sum(contacts_offered) as contacts_offered
    from {{ ref("measures_contacts") }}
    group by 1, 2, 3, 4
),

-- customers are known since their subscriptions began, contacts since they were landed
customers as (
    select * from {{ ref("int_customers_averaged") }}
    where month_start >= (select min(contacts.month_start) from contacts)
),

final as (
    select
        month_start as business_date,
        reason_group,
        segment,
        brand,
        cast(contacts_offered as bigint) as contacts_offered,
        cast(0 as decimal(18, 1)) as average_customers
    from contacts
    union all
    select
        month_start,
        null,
        segment,
        brand,
        0,
        average_customers
    from customers
)

select * from final
