-- What a customer brought when a month opened, and the movements of the month, make what the next
-- month opens with (and the last one, what it brings now), to the cent.
-- A failure means that revenue came or went without a name, or has two. Look first at the cases of
-- mrr_movements, then at the exchange rates of both ends in subscription_months.
with balances as (
    select
        month_start,
        customer_id,
        coalesce(sum(opening_mrr_eur), 0) as opening_mrr_eur,
        coalesce(sum(closing_mrr_at_closing_rate_eur), 0) as closing_mrr_eur
    from {{ ref("subscription_months") }}
    where not is_excluded
    group by 1, 2
),

-- a customer's months follow one another without a gap
with_next as (
    select
        *,
        coalesce(
            lead(opening_mrr_eur) over (partition by customer_id order by month_start),
            closing_mrr_eur
        ) as next_mrr_eur
    from balances
),

movements as (
    select
        month_start,
        customer_id,
        sum(mrr_change_eur) as mrr_change_eur
    from {{ ref("mrr_movements") }}
    group by 1, 2
)

select *
from with_next
full join movements using (month_start, customer_id)
where
    with_next.opening_mrr_eur is null
    or with_next.opening_mrr_eur + coalesce(movements.mrr_change_eur, 0) <> with_next.next_mrr_eur
