-- Frictions of all ways of arriving at one step are what each costs more or less than the others:
-- where two ways cost the same each, neither has any; where one costs more, the other saves.
-- A failure means that a way of arriving is compared with something else than the other ways. Look
-- first at the partition of the comparison in transitions.
with pairs as (
    select
        reason_group,
        to_step,
        count(*) as way_count,
        max(friction_cost_eur) as greatest_friction_eur,
        min(friction_cost_eur) as least_friction_eur
    from {{ ref("transitions") }}
    group by 1, 2
)

select *
from pairs
where
    (way_count = 1 and greatest_friction_eur <> 0)
    or (way_count > 1 and greatest_friction_eur < -0.01)
    or (way_count > 1 and least_friction_eur > 0.01)
