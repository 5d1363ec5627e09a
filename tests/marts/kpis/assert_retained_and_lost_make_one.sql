-- A customer of the opening cohort was kept or lost: retention and churn make 1 in every cell.
-- A failure means that somebody counts in neither or in both, or that the two cohorts differ.
-- Look first at measures_retention, then at the rows crr and logo_churn_rate of kpi_catalogue.
with retained as (
    select * from {{ ref("kpi_values") }}
    where kpi_id = 'crr'
),

lost as (
    select * from {{ ref("kpi_values") }}
    where kpi_id = 'logo_churn_rate'
)

select
    period_grain,
    period_start,
    slice_type,
    slice_value,
    retained.value as crr,
    lost.value as logo_churn_rate
from retained
full join lost using (period_grain, period_start, slice_type, slice_value)
where
    retained.kpi_id is null
    or lost.kpi_id is null
    or retained.denominator is distinct from lost.denominator
    or abs(retained.value + lost.value - 1) > 1e-9
    or (retained.value is null) <> (lost.value is null)
