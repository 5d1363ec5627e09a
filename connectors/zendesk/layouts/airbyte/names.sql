select
    'group' as kind,
    id,
    name,
    updated_at
from airbyte.groups
union all
select
    'brand',
    id,
    name,
    updated_at
from airbyte.brands
