-- The committee looks at one frozen month: all its lines are of the same period.
-- A failure means that lines of two months would be compared. Look first at period_start in
-- monthly_committee.
select count(distinct period_start) as months
from {{ ref("monthly_committee") }}
having count(distinct period_start) > 1
