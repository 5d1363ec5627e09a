-- Who was sent a survey; an address that is known is that of the directory.
with contacts as (
    select * from fivetran.directory_contact
    qualify row_number() over (partition by id order by file_number desc, row_number desc) = 1
),

distributions as (
    select * from fivetran.distribution
    qualify row_number() over (partition by id order by file_number desc, row_number desc) = 1
)

select
    asked.distribution_id || '/' || asked.contact_id as invitation_id,
    distributions.survey_link_survey_id as survey_key,
    coalesce(asked.sent_at, distributions.send_date) as sent_at,
    lower(asked.status) in ('hardbounce', 'softbounce', 'bounced', 'failure', 'failed')
        as has_bounced,
    asked.response_id,
    contacts.email,
    contacts.ext_ref as external_reference
from fivetran.distribution_contact as asked
inner join distributions
    on asked.distribution_id = distributions.id
left join contacts
    on asked.contact_id = contacts.id
qualify
    row_number() over (
        partition by asked.distribution_id, asked.contact_id
        order by asked.response_id is null, asked.file_number desc, asked.row_number desc
    ) = 1
