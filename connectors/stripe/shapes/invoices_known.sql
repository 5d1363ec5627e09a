-- Each invoice as it was seen last; of what was told within a second, what comes last in its life.
select *
from shape.invoices
where is_live or getvariable('include_test_mode') = 'yes'
qualify
    row_number() over (
        partition by invoice_id
        order by
            seen_at desc,
            list_position(['draft', 'open', 'uncollectible', 'paid', 'void'], status) desc nulls last,
            file_number desc,
            row_number desc
    ) = 1
