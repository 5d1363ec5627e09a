{{
    config(
        materialized = "incremental",
        incremental_strategy = "append",
        on_schema_change = "fail",
        pre_hook = "{{ delete_where(of_changed_snapshots()) }}",
    )
}}
-- Incremental by person and time: see int_persons_changed.
-- One row per customer and snapshot: somebody who holds two subscriptions is one customer.
with subscriptions as (
    select * from {{ ref("int_subscription_snapshots") }}
    where
        not is_excluded
        and {{ of_changed_snapshots() }}
),

final as (
    select
        snapshot_at,
        snapshot_date,
        is_month_start,
        customer_id,
        segment,
        brand,
        bool_or(is_customer) as is_customer,
        bool_or(is_paying) as is_paying,
        -- of whom a part is in a currency that nobody can convert, the whole is unknown
        case when count(*) = count(mrr_eur) then sum(mrr_eur) end as mrr_eur
    from subscriptions
    group by 1, 2, 3, 4, 5, 6
)

select * from final
