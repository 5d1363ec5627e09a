select null as detail, count(distinct subscription_id) as rows
from shape.subscription_versions
where is_collection_paused and version_number = 1
