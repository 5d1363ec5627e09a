select
    team as detail,
    count(*) as rows
from shape.hand_overs
where
    is_higher
    and is_group_new
group by team
order by team
