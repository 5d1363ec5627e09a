-- Each invoice as it was seen last.
select *
from shape.invoices
where is_live or getvariable('include_test_mode') = 'yes'
qualify
    row_number() over (
        partition by invoice_id order by seen_at desc, file_number desc, row_number desc
    ) = 1
