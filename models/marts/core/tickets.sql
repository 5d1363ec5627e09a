-- No ticket is dropped: neither one whose requester is unknown nor one without any event.
with run as (
    select * from {{ ref("int_run_observed") }}
),

tickets as (
    select * from {{ ref("stg_interactions__tickets") }}
),

final as (
    select
        tickets.ticket_id,
        {{ referenced_person("tickets") }} as customer_id,
        refs.customer_id is not null
        or coalesce(tickets.customer_ref_type = 'customer_id', false) as is_identified,
        tickets.channel,
        tickets.reason,
        coalesce(reasons.reason_group, tickets.reason, 'unknown') as reason_group,
        coalesce(tickets.team, 'unknown') as team,
        coalesce(tickets.brand, 'unknown') as brand,
        tickets.priority,
        tickets.created_by,
        tickets.created_at,
        {{ business_date("tickets.created_at", "run.business_time_zone") }} as created_date,
        milestones.first_public_reply_at,
        milestones.last_public_reply_at,
        milestones.first_solved_at,
        milestones.last_solved_at,
        milestones.closed_at,
        coalesce(
            milestones.last_solved_at >= coalesce(
                milestones.last_reopened_at,
                milestones.last_solved_at
            ),
            false
        ) as is_solved,
        cast(coalesce(milestones.public_reply_count, 0) as integer) as public_reply_count,
        cast(coalesce(milestones.customer_message_count, 0) as integer)
            as customer_message_count,
        cast(coalesce(milestones.reopen_count, 0) as integer) as reopen_count,
        coalesce(milestones.is_escalated, false) as is_escalated,
        tickets.is_spam,
        tickets.is_reply_expected,
        tickets.merged_into_ticket_id,
        tickets.merged_into_ticket_id is not null as is_merged
    from tickets
    cross join run
    left join {{ ref("int_ticket_milestones") }} as milestones
        on tickets.ticket_id = milestones.ticket_id
    left join {{ ref("reasons") }} as reasons
        on tickets.reason = reasons.reason
    left join {{ ref("int_customer_references_matched") }} as refs
        on
            tickets.customer_ref_type = refs.ref_type
            and tickets.customer_ref = refs.ref_value
            and refs.customer_id is not null
    where tickets.created_at <= run.as_of
)

select * from final
order by created_at, ticket_id
