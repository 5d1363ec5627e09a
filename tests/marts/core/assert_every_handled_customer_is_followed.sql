-- Whoever an agent handled in a month, known and neither a test customer nor staff, is followed
-- from the first of these contacts; nobody else counts as contacted, and nobody is both contacted
-- and to compare with.
-- A failure means that the repurchase rate leaves out customers, or counts some who were never
-- handled. Look first at int_customer_months_contacted, then at the joins of customer_months.
with handled as (
    select
        contacts.customer_id,
        {{ period_start("month", "contacts.business_date") }} as month_start,
        min(contacts.business_date) as first_date
    from {{ ref("contacts") }} as contacts
    left join {{ ref("customers") }} as customers
        on contacts.customer_id = customers.customer_id
    where
        contacts.is_handled
        and contacts.is_identified
        and not coalesce(customers.is_test, false)
        and not coalesce(customers.is_staff, false)
    group by 1, 2
),

followed as (
    select * from {{ ref("customer_months") }}
)

select
    coalesce(handled.customer_id, followed.customer_id) as customer_id,
    coalesce(handled.month_start, followed.month_start) as month_start,
    handled.first_date,
    followed.index_date,
    followed.is_contacted
from handled
full join followed
    on
        handled.customer_id = followed.customer_id
        and handled.month_start = followed.month_start
where
    followed.is_contacted is distinct from (handled.customer_id is not null)
    or followed.index_date <> handled.first_date
