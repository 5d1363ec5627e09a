with first_groups as (
    select
        ticket_id,
        arg_min(group_id, changed_at) as group_id,
        min(changed_at) as changed_at
    from shape.hand_overs
    where group_id is not null
    group by ticket_id
),

answered as (
    select distinct ticket_id
    from shape.messages
    where event_type = 'public_reply'
),

described as (
    select
        tickets.*,
        requesters.customer_ref,
        requesters.customer_ref_type,
        coalesce(requesters.is_suspended, false) as is_suspended,
        answered.ticket_id is not null as is_answered,
        coalesce(staff.is_agent, false) as is_submitter_agent,
        coalesce(first_groups.group_id, tickets.group_id) as first_group_id
    from shape.newest_tickets as tickets
    left join shape.requesters as requesters
        on tickets.requester_id = requesters.user_id
    left join answered
        on tickets.ticket_id = answered.ticket_id
    left join first_groups
        on tickets.ticket_id = first_groups.ticket_id
    left join shape.staff as staff
        on
            tickets.submitter_id = staff.user_id
            and tickets.created_at >= staff.valid_from
            and tickets.created_at < staff.valid_to
)

select
    described.ticket_id,
    coalesce(
        described.customer_ref,
        case when described.requester_id is not null then 'zendesk:' || described.requester_id end
    ) as customer_ref,
    coalesce(
        described.customer_ref_type, case when described.requester_id is not null then 'handle' end
    ) as customer_ref_type,
    coalesce(code_channel(described.via_channel), 'unknown') as channel,
    described.reason,
    coalesce(groups.name, described.first_group_id) as team,
    coalesce(brands.name, described.brand_id) as brand,
    described.priority,
    described.created_at,
    case
        when described.via_channel in ('sample_ticket', 'rule', 'system') then 'system'
        when described.submitter_id = '-1' then 'system'
        when described.via_channel = 'side_conversation' then 'agent'
        when described.submitter_id is null then null
        when described.submitter_id = described.requester_id then 'customer'
        when described.is_submitter_agent then 'agent'
        else 'customer'
    end as created_by,
    case getvariable('suspended_users')
        when 'all' then described.is_suspended
        when 'none' then false
        else described.is_suspended and not described.is_answered
    end as is_spam,
    merges.into_ticket_id as merged_into_ticket_id,
    coalesce(described.via_channel not in ('side_conversation', 'sample_ticket'), true)
        as is_reply_expected,
    -- The latest arrival counts, since audits and users that come later say more of a ticket that did
    -- not change. A deletion without an instant would be final: a ticket may be restored.
    case when described.was_deleted then described.updated_at end as updated_at,
    described.is_deleted
from described
left join shape.merges as merges
    on described.ticket_id = merges.ticket_id
left join shape.name_versions as groups
    on
        groups.kind = 'group'
        and described.first_group_id = groups.id
        and described.created_at >= groups.valid_from
        and described.created_at < groups.valid_to
left join shape.name_versions as brands
    on
        brands.kind = 'brand'
        and described.brand_id = brands.id
        and described.created_at >= brands.valid_from
        and described.created_at < brands.valid_to
