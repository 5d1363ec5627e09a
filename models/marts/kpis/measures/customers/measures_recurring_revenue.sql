-- Recurring revenue at both ends of the month, and what moved it.
with balances as (
    select
        month_start,
        segment,
        brand,
        count(distinct case when is_paying_at_opening then customer_id end)
            as paying_customers_at_opening,
        sum(opening_mrr_eur) as opening_mrr_eur,
        sum(closing_mrr_at_closing_rate_eur) as closing_mrr_eur
    from {{ ref("subscription_months") }}
    where not is_excluded
    group by 1, 2, 3
),

movements as (
    select
        month_start,
        segment,
        brand,
        {%- for movement_type in [
            "new", "expansion", "contraction", "churned", "reactivation", "paused", "resumed", "exchange_rate"
        ] %}
        sum(case when movement_type = '{{ movement_type }}' then mrr_change_eur else 0 end)
            as {{ movement_type }}_change_eur{{ "," if not loop.last }}
        {%- endfor %}
    from {{ ref("mrr_movements") }}
    group by 1, 2, 3
),

final as (
    select
        balances.month_start as business_date,
        balances.segment,
        balances.brand,
        balances.paying_customers_at_opening,
        coalesce(balances.opening_mrr_eur, 0) as opening_mrr_eur,
        coalesce(movements.new_change_eur, 0) as new_mrr_eur,
        coalesce(movements.expansion_change_eur, 0) as expansion_mrr_eur,
        coalesce(-movements.contraction_change_eur, 0) as contraction_mrr_eur,
        coalesce(-movements.churned_change_eur, 0) as churned_mrr_eur,
        coalesce(movements.reactivation_change_eur, 0) as reactivation_mrr_eur,
        coalesce(-movements.paused_change_eur, 0) as paused_mrr_eur,
        coalesce(movements.resumed_change_eur, 0) as resumed_mrr_eur,
        coalesce(movements.exchange_rate_change_eur, 0) as exchange_rate_change_eur,
        coalesce(balances.closing_mrr_eur, 0) as closing_mrr_eur,
        coalesce(-movements.churned_change_eur - movements.contraction_change_eur, 0)
            as lost_mrr_eur,
        coalesce(
            -movements.churned_change_eur
            - movements.contraction_change_eur
            - movements.expansion_change_eur,
            0
        ) as net_lost_mrr_eur
    from balances
    left join movements
        on
            balances.month_start = movements.month_start
            and balances.segment = movements.segment
            and balances.brand = movements.brand
)

select * from final
