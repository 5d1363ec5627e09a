select distinct
    schedule_id,
    name,
    start_date,
    end_date
from native.holidays
