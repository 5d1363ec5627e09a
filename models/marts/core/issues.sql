{{
    config(
        materialized = "incremental",
        incremental_strategy = "append",
        on_schema_change = "fail",
        pre_hook = "{{ delete_where(of_changed_persons('customer_id')) }}",
    )
}}
-- Incremental by person: see int_persons_changed.
-- One anchor, and all that followed it: who was contacted, how often, through which channels.
with issue_contacts as (
    select * from {{ ref("issue_contacts") }}
    where {{ of_changed_persons("customer_id") }}
),

contacts as (
    select * from {{ ref("contacts") }}
),

summed as (
    select
        issue_contacts.issue_id,
        max(case when issue_contacts.is_handled then issue_contacts.over_at end) as ended_at,
        sum(case when issue_contacts.is_handled then 1 else 0 end) as contact_count,
        sum(case when issue_contacts.is_handled then 0 else 1 end) as unhandled_contact_count,
        -- an abandoned attempt on another channel is no switch: nothing was handled there
        count(
            distinct
            case
                when issue_contacts.is_handled or issue_contacts.channel = 'bot'
                    then issue_contacts.channel
            end
        )
        -- who was handed over by a bot to an agent within one contact has been in both
        + case
            when
                bool_or(contacts.automated_disposition in ('bot_contained', 'bot_failed'))
                and not bool_or(issue_contacts.channel = 'bot')
                then 1
            else 0
        end as channel_count,
        sum(contacts.transfer_count) as transfer_count,
        sum(contacts.handle_seconds) as handle_seconds
    from issue_contacts
    inner join contacts
        on issue_contacts.contact_id = contacts.contact_id
    group by 1
),

described as (
    select
        anchors.*,
        summed.ended_at,
        summed.contact_count,
        summed.unhandled_contact_count,
        summed.channel_count,
        summed.transfer_count,
        summed.handle_seconds,
        tickets.ticket_id,
        tickets.is_settled_in_window
    from issue_contacts as anchors
    inner join summed
        on anchors.issue_id = summed.issue_id
    left join {{ ref("int_issue_tickets_judged") }} as tickets
        on anchors.issue_id = tickets.issue_id
    where anchors.is_anchor
),

final as (
    select
        issue_id,
        customer_id,
        is_identified,
        segment,
        reason_group,
        channel as anchor_channel,
        team as anchor_team,
        brand,
        site,
        business_date as anchor_date,
        started_at,
        over_at as anchor_ended_at,
        ended_at,
        window_ends_at,
        is_mature,
        cast(contact_count as integer) as contact_count,
        cast(contact_count - 1 as integer) as repeat_count,
        cast(unhandled_contact_count as integer) as unhandled_contact_count,
        cast(channel_count as integer) as channel_count,
        channel_count > 1 as is_channel_switched,
        cast(transfer_count as integer) as transfer_count,
        cast(handle_seconds as decimal(18, 4)) as handle_seconds,
        ticket_id,
        is_settled_in_window as is_ticket_settled_in_window,
        -- not known before the whole window of the first contact was observed
        case
            when is_mature then contact_count = 1 and coalesce(is_settled_in_window, true)
        end as is_resolved_at_first_contact
    from described
)

select * from final
order by started_at, issue_id
