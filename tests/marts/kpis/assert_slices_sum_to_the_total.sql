-- Cut by any one dimension, the parts of a KPI make its total: numerators and denominators alike.
-- A failure means that rows are dropped or counted twice when a dimension is null or changes name,
-- or that an average was taken somewhere. Look first at kpi_figures, then at the slice columns of
-- the family's measures.
with figures as (
    select * from {{ ref("int_kpi_figures") }}
),

slices as (
    select
        kpi_id,
        period_grain,
        period_start,
        slice_type,
        sum(numerator) as numerator,
        sum(denominator) as denominator
    from figures
    where slice_type <> 'total'
    group by 1, 2, 3, 4
),

totals as (
    select * from figures
    where slice_type = 'total'
)

select
    slices.*,
    totals.numerator as total_numerator,
    totals.denominator as total_denominator
from slices
left join totals
    on
        slices.kpi_id = totals.kpi_id
        and slices.period_grain = totals.period_grain
        and slices.period_start = totals.period_start
where
    totals.kpi_id is null
    or abs(slices.numerator - totals.numerator) > 1e-9 * greatest(abs(totals.numerator), 1)
    or abs(slices.denominator - totals.denominator) > 1e-9 * greatest(totals.denominator, 1)
