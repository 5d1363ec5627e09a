select
    'group' as kind,
    id,
    name,
    updated_at
from fivetran.group
union all
select
    'brand',
    id,
    name,
    updated_at
from fivetran.brand
