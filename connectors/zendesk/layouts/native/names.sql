select
    'group' as kind,
    id,
    name,
    updated_at
from native.groups
union all
select
    'brand',
    id,
    name,
    updated_at
from native.brands
