select null as detail, count(distinct discounts.subscription_id) as rows
from shape.lasting_discounts as discounts
inner join shape.subscription_terms as terms
    on
        discounts.subscription_id = terms.subscription_id
        and upper(discounts.currency) <> terms.currency
where discounts.amount_off is not null
