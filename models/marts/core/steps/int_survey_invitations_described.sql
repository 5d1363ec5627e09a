{{
    config(
        materialized = "incremental",
        incremental_strategy = "delete+insert",
        unique_key = "invitation_id",
        on_schema_change = "fail",
        pre_hook = "{{ delete_where(of_days_not_over(utc_date('sent_at'))) }}",
        post_hook = "{{ delete_vanished('stg_surveys__invitations', ['invitation_id']) }}",
    )
}}
-- Incremental by invitation: see of_changed_invitations.
-- Invitations with the customer, the contact and the ticket they ask about, and whether the
-- survey is about one exchange or about the relation.
with landed as (
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
    from landed
    group by 1
),

sent as (
    select
        landed.*,
        coalesce(
            surveys.kind,
            case when codes.names_an_exchange then 'transactional' else 'relational' end
        ) as survey_kind
    from landed
    cross join run
    left join codes
        on landed.survey_code = codes.survey_code
    left join {{ ref("surveys") }} as surveys
        on landed.survey_code = surveys.survey_code
    where landed.sent_at <= run.as_of
),

invitations as (
    select *
    from sent as invitations
    where {{ of_changed_invitations() }}
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

described as (
    select
        invitations.*,
        coalesce(
            exchanges.contact_id,
            invitations.contact_id,
            {{ ticket_contact_id("invitations.ticket_id") }}
        ) as exchange_id,
        {{ referenced_person("invitations") }} as referenced_customer_id,
        {{ identity_rule("invitations") }} as reference_rule,
        case
            when exchanges.is_identified then exchanges.customer_id
            when tickets.is_identified then tickets.customer_id
            else coalesce(exchanges.customer_id, tickets.customer_id)
        end as exchange_customer_id,
        coalesce(exchanges.is_identified or tickets.is_identified, false)
            as is_exchange_identified,
        coalesce(exchanges.channel, tickets.channel, invitations.channel, 'unknown')
            as exchange_channel,
        coalesce(exchanges.reason_group, tickets.reason_group, 'unknown') as reason_group,
        coalesce(exchanges.team, tickets.team, 'unknown') as team,
        coalesce(exchanges.brand, nullif(tickets.brand, 'unknown')) as exchange_brand,
        coalesce(exchanges.site, 'unknown') as site,
        {{ business_date("invitations.sent_at", "run.business_time_zone") }} as sent_date
    from invitations
    cross join run
    left join {{ ref("int_customer_references_matched") }} as refs
        on {{ reference_held_at("invitations", "sent_at") }}
    left join exchanges
        on
            coalesce(
                invitations.contact_id,
                {{ ticket_contact_id("invitations.ticket_id") }}
            ) = exchanges.exchange_id
    left join {{ ref("tickets") }} as tickets
        on invitations.ticket_id = tickets.ticket_id
),

-- The customer whom the invitation names, else the one of the exchange it asks about; somebody
-- unknown only when neither leads to a customer.
attached as (
    select
        *,
        case
            when reference_rule in ('anonymous', 'none') and is_exchange_identified
                then exchange_customer_id
            else coalesce(referenced_customer_id, exchange_customer_id)
        end as customer_id,
        case
            when reference_rule in ('anonymous', 'none') and is_exchange_identified
                then 'exchange'
            when reference_rule = 'none' and exchange_customer_id is not null then 'anonymous'
            else reference_rule
        end as identity_rule
    from described
),

final as (
    select
        attached.invitation_id,
        attached.survey_code,
        attached.survey_kind,
        attached.customer_id,
        attached.identity_rule,
        attached.contact_id,
        attached.ticket_id,
        attached.exchange_id,
        attached.exchange_channel as channel,
        attached.reason_group,
        attached.team,
        coalesce(versions.segment, customers.segment, 'unknown') as segment,
        coalesce(attached.exchange_brand, versions.brand, customers.brand, 'unknown') as brand,
        attached.site,
        attached.sent_at,
        attached.sent_date,
        attached.bounced_at,
        -- staff and test customers are asked, and not listened to
        attached.is_staff
        or coalesce(customers.is_test or customers.is_staff, false) as is_staff
    from attached
    left join {{ ref("customers") }} as customers
        on attached.customer_id = customers.customer_id
    left join {{ ref("int_customer_versions_dated") }} as versions
        on {{ customer_as_of("attached.customer_id", "attached.sent_date") }}
)

select * from final
