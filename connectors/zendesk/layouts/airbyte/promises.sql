select
    title as policy,
    json_extract_string(promise, '$.metric') as metric,
    json_extract_string(promise, '$.priority') as priority,
    json_extract_string(promise, '$.target') as target_minutes,
    coalesce(json_extract_string(promise, '$.business_hours') = 'true', false) as is_in_open_hours
from (
    select
        *,
        unnest(cast(policy_metrics as json[])) as promise
    from (
        select *
        from airbyte.sla_policies
        qualify row_number() over (partition by id order by updated_at desc nulls last) = 1
    ) as newest
) as unnested
