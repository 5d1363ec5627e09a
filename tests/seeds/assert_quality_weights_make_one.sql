-- The weights of the five dimensions of perceived quality sum to 1.
-- A failure means that servqual_gap is no longer on the scale of its items. Look first at the rows
-- servqual_weight_… of parameters.csv.
select sum(cast(value as decimal(18, 4))) as weights
from {{ ref("parameters") }}
where parameter like 'servqual_weight_%'
having
    sum(cast(value as decimal(18, 4))) is distinct from 1
    or count(*) <> 5
