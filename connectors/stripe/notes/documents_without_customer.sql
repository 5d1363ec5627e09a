select null as detail, count(*) as rows
from shape.credit_notes_known as notes
anti join shape.invoices_known as invoices
    on notes.invoice_id = invoices.invoice_id
where notes.stripe_customer_id is null
