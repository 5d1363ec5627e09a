-- The day alone: readers are built again when it changes, not with every event of the same day.
select
    as_of_date,
    business_time_zone
from {{ ref("int_run_observed") }}
