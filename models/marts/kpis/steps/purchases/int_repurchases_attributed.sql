-- Repurchases in the window after a contact, each for one contact only, the newest before it:
-- windows of two months overlap, and an order is earned once.
with cohorts as (
    select
        month_start,
        customer_id,
        index_date,
        window_ends_on
    from {{ ref("customer_months") }}
    where
        is_contacted
        and has_earlier_purchase
),

repurchases as (
    select * from {{ ref("int_purchases_described") }}
    where is_repurchase
),

followed as (
    select
        cohorts.month_start,
        cohorts.index_date,
        repurchases.order_id,
        repurchases.customer_id,
        repurchases.kept_amount_eur
    from repurchases
    inner join cohorts
        on
            repurchases.customer_id = cohorts.customer_id
            and repurchases.ordered_date > cohorts.index_date
            and repurchases.ordered_date <= cohorts.window_ends_on
),

final as (
    select
        order_id,
        customer_id,
        month_start,
        kept_amount_eur
    from {{ first_row_per_key("followed", ["order_id"], ["index_date desc"]) }} as newest
)

select * from final
