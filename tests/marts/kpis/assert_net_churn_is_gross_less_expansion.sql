-- Net churn of recurring revenue is gross churn less what the customers who stay pay more: counted
-- again from the movements, in every cell.
-- A failure means that a movement counts in one of the two only (a pause, a return, an exchange
-- rate). Look first at measures_recurring_revenue, then at the two rows of kpi_catalogue.
with movements as (
    select
        month_start as period_start,
        brand,
        -sum(case when movement_type in ('churned', 'contraction') then mrr_change_eur else 0 end)
            as lost_mrr_eur,
        sum(case when movement_type = 'expansion' then mrr_change_eur else 0 end)
            as expansion_mrr_eur
    from {{ ref("mrr_movements") }}
    group by 1, 2
),

gross as (
    select * from {{ ref("kpi_values") }}
    where kpi_id = 'gross_mrr_churn_rate'
),

net as (
    select * from {{ ref("kpi_values") }}
    where kpi_id = 'net_mrr_churn_rate'
)

select
    period_start,
    slice_type,
    slice_value,
    gross.numerator as lost_mrr_eur,
    net.numerator as net_lost_mrr_eur,
    movements.lost_mrr_eur as moved_lost_mrr_eur,
    movements.expansion_mrr_eur as moved_expansion_mrr_eur
from gross
full join net using (period_grain, period_start, slice_type, slice_value)
left join movements
    on
        period_start = movements.period_start
        and slice_type = 'brand'
        and slice_value = movements.brand
where
    gross.kpi_id is null
    or net.kpi_id is null
    or gross.denominator is distinct from net.denominator
    or gross.numerator < 0
    or net.numerator > gross.numerator + 1e-6
    or (
        slice_type = 'brand'
        and (
            abs(gross.numerator - coalesce(movements.lost_mrr_eur, 0)) > 1e-6
            or abs(
                gross.numerator - net.numerator - coalesce(movements.expansion_mrr_eur, 0)
            ) > 1e-6
        )
    )
