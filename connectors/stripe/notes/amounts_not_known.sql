select null as detail, count(distinct subscription_id) as rows
from shape.subscription_versions
where subscription_id not in (
    select subscription_id from shape.subscription_terms where amount is not null
)
