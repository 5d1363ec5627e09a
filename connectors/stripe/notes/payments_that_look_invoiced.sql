select null as detail, count(*) as rows
from shape.one_off_payments
where kind = 'looks_invoiced'
