-- What each customer brought at both ends of the month, all subscriptions together, and how much
-- of it lay in subscriptions that were paused or resumed meanwhile.
with subscriptions as (
    select * from {{ ref("subscription_months") }}
    where
        not is_excluded
        and {{ of_changed_months() }}
),

-- the first time that each customer paid for anything
first_payments as (
    select
        {{ surviving_customer("states") }} as customer_id,
        min(states.valid_from) as first_paid_at
    from {{ ref("int_subscription_states") }} as states
    left join {{ ref("int_customer_survivors_resolved") }} as survivors
        on states.customer_id = survivors.customer_id
    where {{ brings_revenue("states") }}
    group by 1
),

customers as (
    select
        month_start,
        customer_id,
        segment,
        brand,
        bool_or(is_customer_at_opening) as is_customer_at_opening,
        bool_or(is_customer_at_close) as is_customer_at_close,
        bool_or(is_back_after_grace)
        and not bool_or(is_customer_at_opening and not is_back_after_grace)
            as is_lost_meanwhile,
        coalesce(sum(opening_mrr_eur), 0) as opening_mrr_eur,
        -- nobody moved where one end has no rate: the difference is that of the rates
        coalesce(
            sum(
                case
                    when opening_mrr_eur is not null
                        then coalesce(closing_mrr_eur, opening_mrr_eur)
                end
            ),
            0
        ) as closing_mrr_eur,
        coalesce(sum(closing_mrr_at_closing_rate_eur), 0) as closing_mrr_at_closing_rate_eur,
        coalesce(sum(case when closing_status = 'paused' then opening_mrr_eur end), 0)
            as mrr_in_paused_eur,
        -- whose pause outlasted the grace was lost meanwhile, and is not resumed but comes back
        coalesce(
            sum(
                case
                    when
                        opening_status = 'paused'
                        and is_customer_at_opening
                        and not is_back_after_grace
                        then closing_mrr_eur
                end
            ),
            0
        ) as mrr_in_resumed_eur
    from subscriptions
    group by 1, 2, 3, 4
),

final as (
    select
        customers.*,
        coalesce(
            first_payments.first_paid_at < periods.opens_at,
            false
        ) as has_paid_before_opening
    from customers
    inner join {{ ref("int_snapshot_periods") }} as periods
        on
            customers.month_start = periods.period_start
            and periods.period_grain = 'month'
    left join first_payments
        on customers.customer_id = first_payments.customer_id
)

select * from final
