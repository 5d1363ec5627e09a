select
    'policy ' || sla_policy_id as policy,
    metric,
    priority,
    cast(target as varchar) as target_minutes,
    coalesce(business_hours, false) as is_in_open_hours
from fivetran.sla_policy_metric_history
qualify
    row_number() over (
        partition by sla_policy_id, metric, priority order by sla_policy_updated_at desc
    ) = 1
