{{
    config(
        materialized = "incremental",
        incremental_strategy = "append",
        on_schema_change = "fail",
        pre_hook = "{{ delete_where(of_changed_customer_months()) }}",
    )
}}
-- Incremental by person, month and day: see of_changed_customer_months.
with run as (
    select * from {{ ref("int_run_observed") }}
),

customers as (
    select
        customers.*,
        {{ business_date("customers.created_at", "run.business_time_zone") }} as created_date
    from {{ ref("customers") }} as customers
    cross join run
),

orders_seen as (
    select seen_until
    from {{ ref("int_source_horizons") }}
    where
        source = 'billing'
        and table_name = 'orders'
),

followed as (
    select
        months.*,
        purchased.earlier_purchase_count,
        purchased.earlier_purchase_value_eur,
        purchased.repurchase_count,
        purchased.repurchase_amount_eur,
        purchased.first_repurchase_order_id,
        purchased.first_repurchase_date,
        coalesce(versions.segment, customers.segment, 'unknown') as segment,
        coalesce(versions.brand, customers.brand, 'unknown') as brand,
        {{ dbt.datediff("customers.created_date", "months.index_date", "day") }}
            as tenure_days,
        -- by the orders: a feed that is late has not shown that nobody bought
        months.window_ends_at <= orders.seen_until as is_mature
    from {{ ref("int_customer_months_indexed") }} as months
    cross join orders_seen as orders
    inner join {{ ref("int_customer_months_purchased") }} as purchased
        on
            months.customer_id = purchased.customer_id
            and months.month_start = purchased.month_start
    left join customers
        on months.customer_id = customers.customer_id
    left join {{ ref("int_customer_versions_dated") }} as versions
        on {{ customer_as_of("months.customer_id", "months.index_date") }}
),

final as (
    select
        followed.month_start,
        followed.customer_id,
        followed.segment,
        followed.brand,
        followed.is_contacted,
        followed.contact_id as index_contact_id,
        followed.index_date,
        contacts.channel,
        contacts.reason_group,
        contacts.team,
        followed.earlier_purchase_count > 0 as has_earlier_purchase,
        followed.earlier_purchase_count,
        cast(followed.earlier_purchase_value_eur as decimal(18, 2))
            as earlier_purchase_value_eur,
        cast(followed.tenure_days as integer) as tenure_days,
        case
            when followed.tenure_days is null then 'unknown'
            when followed.tenure_days < {{ parameter("tenure_established_days") }} then 'new'
            when followed.tenure_days < {{ parameter("tenure_long_days") }} then 'established'
            else 'long_standing'
        end as tenure_band,
        case
            when followed.earlier_purchase_count = 0 then 'none'
            when followed.earlier_purchase_value_eur < {{ parameter("value_middle_eur") }}
                then 'low'
            when followed.earlier_purchase_value_eur < {{ parameter("value_high_eur") }}
                then 'middle'
            else 'high'
        end as value_band,
        followed.window_ends_on,
        followed.is_mature,
        case when followed.is_mature then followed.repurchase_count > 0 end as is_repurchased,
        case
            when followed.is_mature
                then cast(followed.repurchase_amount_eur as decimal(18, 2))
        end as repurchase_amount_eur,
        followed.first_repurchase_order_id,
        followed.first_repurchase_date
    from followed
    left join {{ ref("contacts") }} as contacts
        on followed.contact_id = contacts.contact_id
)

select * from final
order by month_start, customer_id
