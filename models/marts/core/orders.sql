{{
    config(
        materialized = "incremental",
        incremental_strategy = "append",
        on_schema_change = "fail",
        pre_hook = "{{ delete_where(of_changed_purchases('orders', 'order_id', 'customer_id', utc_date('ordered_at'), 'contact_id')) }}",
        post_hook = "{{ delete_vanished('stg_billing__orders', ['order_id']) }}",
    )
}}
-- Incremental by order: see of_changed_purchases.
with run as (
    select * from {{ ref("int_run_observed") }}
),

placed as (
    select
        orders.*,
        {{ surviving_customer("orders") }} as surviving_customer_id
    from {{ ref("stg_billing__orders") }} as orders
    cross join run
    left join {{ ref("int_customer_survivors_resolved") }} as survivors
        on orders.customer_id = survivors.customer_id
    where orders.ordered_at <= run.as_of
),

orders as (
    select
        orders.*,
        {{ business_date("orders.ordered_at", "run.business_time_zone") }} as ordered_date
    from placed as orders
    cross join run
    where
        {{
            of_changed_purchases(
                "orders", "order_id", "surviving_customer_id", utc_date("ordered_at"), "contact_id"
            )
        }}
),

final as (
    select
        orders.order_id,
        orders.surviving_customer_id as customer_id,
        coalesce(versions.segment, customers.segment, 'unknown') as segment,
        coalesce(versions.brand, customers.brand, 'unknown') as brand,
        orders.ordered_at,
        orders.ordered_date,
        -- a source without the field records paid orders
        coalesce(orders.status, 'paid') as status,
        orders.currency,
        orders.net_amount,
        {{ to_eur("orders.net_amount", "rates.units_per_eur") }} as net_amount_eur,
        orders.refunded_amount,
        {{ to_eur("orders.refunded_amount", "rates.units_per_eur") }} as refunded_amount_eur,
        orders.refunded_at,
        orders.is_automatic,
        orders.contact_id,
        coalesce(contacts.channel, 'unassisted') as assisting_channel,
        orders.is_test
        or coalesce(customers.is_test or customers.is_staff, false) as is_test
    from orders
    left join {{ ref("int_exchange_rates_valid") }} as rates
        on
            orders.currency = rates.currency
            and orders.ordered_date >= rates.valid_from
            and orders.ordered_date < rates.valid_before
    left join {{ ref("customers") }} as customers
        on orders.surviving_customer_id = customers.customer_id
    left join {{ ref("int_customer_versions_dated") }} as versions
        on {{ customer_as_of("orders.surviving_customer_id", "orders.ordered_date") }}
    -- the sale may have been assisted by a callback, which was folded into another contact
    left join {{ ref("int_contact_roots") }} as roots
        on orders.contact_id = roots.contact_id
    left join {{ ref("contacts") }} as contacts
        on coalesce(roots.root_contact_id, orders.contact_id) = contacts.contact_id
)

select * from final
order by ordered_at, order_id
