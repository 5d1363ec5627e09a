-- Responses of people who were asked in earnest; complete is who reached the end, and not whom
-- Qualtrics closed a week later.
select
    * exclude (is_finished),
    is_finished and coalesce(progress, 100) >= 100 as is_complete,
    nullif(fields ->> nullif(getvariable('customer_field'), ''), '') as customer,
    nullif(fields ->> nullif(getvariable('ticket_field'), ''), '') as ticket_id,
    nullif(fields ->> nullif(getvariable('contact_field'), ''), '') as contact_id
from shape.responses
where
    code_status(status) = 'kept'
    and coalesce(lower(channel), '') not in ('preview', 'test')
    and started_at is not null
    and ended_at is not null
qualify
    row_number() over (
        partition by response_id order by is_finished desc, file_number desc, row_number desc
    ) = 1
