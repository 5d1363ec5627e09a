-- A benchmark is a value or a range from low to high.
-- A failure means that it cannot be shown. Look first at value_low and value_high of the row in
-- kpi_benchmarks.csv.
select *
from {{ ref("kpi_benchmarks") }}
where
    coalesce(value_low, value_high) is null
    or value_low > value_high
