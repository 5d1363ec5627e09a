-- Invitations with the customer, the contact and the ticket they ask about, and whether the
-- survey is about one exchange or about the relation.
with invitations as (
    select * from {{ ref("stg_surveys__invitations") }}
),

run as (
    select * from {{ ref("int_run_observed") }}
),

codes as (
    select
        survey_code,
        max(case when contact_id is not null or ticket_id is not null then 1 else 0 end) = 1
            as names_an_exchange
    from invitations
    group by 1
),

-- the contact may have been folded into another: its description is then that one's
exchanges as (
    select
        contact_id as exchange_id,
        contacts.*
    from {{ ref("contacts") }} as contacts
    union all
    select
        roots.contact_id as exchange_id,
        contacts.*
    from {{ ref("contacts") }} as contacts
    inner join {{ ref("int_contact_roots") }} as roots
        on contacts.contact_id = roots.root_contact_id
),

final as (
    select
        invitations.invitation_id,
        invitations.survey_code,
        coalesce(
            surveys.kind,
            case when codes.names_an_exchange then 'transactional' else 'relational' end
        ) as survey_kind,
        coalesce({{ referenced_person("invitations") }}, exchanges.customer_id) as customer_id,
        invitations.contact_id,
        invitations.ticket_id,
        coalesce(
            exchanges.contact_id,
            invitations.contact_id,
            {{ ticket_contact_id("invitations.ticket_id") }}
        ) as exchange_id,
        coalesce(exchanges.channel, tickets.channel, invitations.channel, 'unknown') as channel,
        coalesce(exchanges.reason_group, reasons.reason_group, tickets.reason, 'unknown')
            as reason_group,
        coalesce(exchanges.team, tickets.team, 'unknown') as team,
        coalesce(refs.segment, exchanges.segment, 'unknown') as segment,
        coalesce(exchanges.brand, tickets.brand, refs.brand, 'unknown') as brand,
        coalesce(exchanges.site, 'unknown') as site,
        invitations.sent_at,
        {{ business_date("invitations.sent_at", "run.business_time_zone") }} as sent_date,
        invitations.bounced_at,
        -- staff and test customers are asked, and not listened to
        invitations.is_staff or coalesce(refs.is_excluded, false) as is_staff
    from invitations
    cross join run
    left join codes
        on invitations.survey_code = codes.survey_code
    left join {{ ref("surveys") }} as surveys
        on invitations.survey_code = surveys.survey_code
    left join {{ ref("int_customer_references_matched") }} as refs
        on
            invitations.customer_ref_type = refs.ref_type
            and invitations.customer_ref = refs.ref_value
            and refs.customer_id is not null
    left join exchanges
        on
            coalesce(
                invitations.contact_id,
                {{ ticket_contact_id("invitations.ticket_id") }}
            ) = exchanges.exchange_id
    left join {{ ref("stg_interactions__tickets") }} as tickets
        on invitations.ticket_id = tickets.ticket_id
    left join {{ ref("reasons") }} as reasons
        on tickets.reason = reasons.reason
    where invitations.sent_at <= run.as_of
)

select * from final
