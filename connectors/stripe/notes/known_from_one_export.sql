select null as detail, count(*) as rows
from (
    select subscription_id
    from shape.subscription_versions
    group by 1
    having count(*) = 1 and not bool_or(is_event)
)
