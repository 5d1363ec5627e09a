-- Whoever waited was answered or gave up: answer rate and abandonment rate make 1 in every cell.
-- A failure means that the two no longer share a denominator, or that a disposition counts twice.
-- Look first at is_answered and is_abandoned in contacts, then at the two rows of kpi_catalogue.
with answered as (
    select * from {{ ref("kpi_values") }}
    where kpi_id = 'answer_rate'
),

abandoned as (
    select * from {{ ref("kpi_values") }}
    where kpi_id = 'abandonment_rate'
)

select
    period_grain,
    period_start,
    slice_type,
    slice_value,
    answered.value as answer_rate,
    abandoned.value as abandonment_rate
from answered
full join abandoned using (period_grain, period_start, slice_type, slice_value)
where
    answered.kpi_id is null
    or abandoned.kpi_id is null
    or answered.denominator is distinct from abandoned.denominator
    or abs(answered.value + abandoned.value - 1) > 1e-9
    or (answered.value is null) <> (abandoned.value is null)
