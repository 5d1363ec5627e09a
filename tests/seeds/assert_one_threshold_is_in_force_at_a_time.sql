-- Each period of a KPI is judged by one threshold: a row for all grains leaves no room for another.
-- A failure means that a value would be judged twice. Look first at valid_from and valid_to of the
-- two rows in kpi_thresholds.csv.
with thresholds as (
    select
        *,
        coalesce(valid_to, cast('9999-12-31' as date)) as valid_before,
        row_number() over (order by kpi_id, period_grain, valid_from) as line
    from {{ ref("kpi_thresholds") }}
)

select
    earlier.kpi_id,
    earlier.period_grain,
    later.period_grain as other_period_grain,
    later.valid_from
from thresholds as earlier
inner join thresholds as later
    on
        earlier.kpi_id = later.kpi_id
        and coalesce(earlier.period_grain = later.period_grain, true)
        and earlier.line < later.line
        and earlier.valid_from < later.valid_before
        and later.valid_from < earlier.valid_before
