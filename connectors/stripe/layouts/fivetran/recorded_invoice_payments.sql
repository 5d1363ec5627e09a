select invoice_id, id as charge_id, null as payment_intent_id
from fivetran.charge
where invoice_id is not null
