-- Who was asked: as distributions say, else one row a response.
with sent as (
    select
        asked.invitation_id,
        asked.survey_key,
        coalesce(
            responses.customer, directory.customer, asked.email, responses.email
        ) as reference,
        coalesce(responses.customer, directory.customer) is not null as is_customer_field,
        responses.contact_id,
        responses.ticket_id,
        coalesce(code_channel(responses.channel), 'email') as channel,
        asked.sent_at,
        case when asked.has_bounced then asked.sent_at end as bounced_at
    from shape.asked as asked
    left join shape.responses_kept as responses
        on asked.response_id = responses.response_id
    -- of whoever did not answer, the directory may know the number
    cross join lateral (
        select
            case
                when getvariable('customer_field') = 'ExternalReference'
                    then asked.external_reference
            end as customer
    ) as directory
    where asked.sent_at is not null
),

by_themselves as (
    select
        response_id as invitation_id,
        survey_key,
        coalesce(customer, email) as reference,
        customer is not null as is_customer_field,
        contact_id,
        ticket_id,
        code_channel(channel) as channel,
        started_at as sent_at,
        null as bounced_at
    from shape.responses_kept
    where response_id not in (
        select response_id from shape.asked where response_id is not null and sent_at is not null
    )
),

final as (
    select
        invitation_id,
        code_survey(survey_key) as survey_code,
        reference as customer_ref,
        case
            when reference is null then null
            when is_customer_field then getvariable('customer_field_type')
            else 'email'
        end as customer_ref_type,
        contact_id,
        ticket_id,
        channel,
        sent_at,
        bounced_at
    from (
        select * from sent
        union all by name
        select * from by_themselves
    )
)

select * from final
