select null as detail, count(distinct items.subscription_id) as rows
from shape.subscription_items as items
inner join shape.subscription_versions as versions
    on
        items.subscription_id = versions.subscription_id
        and (items.version_id is null or items.version_id = versions.version_id)
left join shape.invoices_known as invoices
    on
        items.subscription_id = invoices.subscription_id
        and invoices.net > 0
        and invoices.total > invoices.net
where
    items.is_tax_inclusive
    and versions.inclusive_tax_percent is null
    and invoices.invoice_id is null
    and try_cast(nullif(getvariable('inclusive_tax_percent'), '') as double) is null
