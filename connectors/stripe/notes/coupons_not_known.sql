select null as detail, count(distinct discount_id) as rows
from shape.lasting_discounts
where not is_known
