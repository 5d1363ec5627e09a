select
    response_id as invitation_id,
    code_survey(form) as survey_code,
    customer as customer_ref,
    case when customer is not null then getvariable('customer_field_type') end as customer_ref_type,
    contact_id,
    ticket_id,
    started_at as sent_at
from shape.responses_kept
