{{
    config(
        materialized = "incremental",
        incremental_strategy = "append",
        on_schema_change = "fail",
        pre_hook = "{{ delete_where(of_changed_tickets('ticket_id')) }}",
    )
}}
-- Incremental by ticket: see int_tickets_changed.
-- No ticket is dropped: neither one whose requester is unknown nor one without any event. Every
-- ticket has at least its creation among its events, so the joins below are one to one.
with tickets as (
    select * from {{ ref("int_tickets_described") }}
),

final as (
    select
        tickets.ticket_id,
        tickets.customer_id,
        tickets.identity_rule,
        tickets.identity_rule not in ('anonymous', 'none') as is_identified,
        tickets.channel,
        tickets.is_live_channel,
        tickets.reason,
        tickets.reason_group,
        coalesce(tickets.team, 'unknown') as team,
        coalesce(tickets.brand, 'unknown') as brand,
        tickets.priority,
        tickets.created_by,
        tickets.created_at,
        tickets.created_date,
        milestones.first_public_reply_at,
        milestones.last_public_reply_at,
        milestones.first_solved_at,
        milestones.last_solved_at,
        milestones.closed_at,
        resolutions.is_open,
        resolutions.is_solved,
        case when resolutions.is_open then tickets.seconds_until_as_of end as age_seconds,
        cast(milestones.public_reply_count as integer) as public_reply_count,
        cast(milestones.customer_message_count as integer) as customer_message_count,
        handlers.first_reply_agent_id,
        handlers.last_reply_agent_id,
        handlers.current_agent_id,
        coalesce(handlers.last_team, tickets.team, 'unknown') as current_team,
        cast(handlers.agent_handoff_count as integer) as agent_handoff_count,
        cast(handlers.team_handoff_count as integer) as team_handoff_count,
        cast(milestones.escalation_count as integer) as escalation_count,
        cast(milestones.escalation_rejected_count as integer) as escalation_rejected_count,
        milestones.is_escalated,
        {{ seconds_between("tickets.created_at", "milestones.first_public_reply_at") }}
            as first_reply_elapsed_seconds,
        milestones.first_reply_open_seconds,
        {{ seconds_between("tickets.created_at", "milestones.first_solved_at") }}
            as first_resolution_elapsed_seconds,
        milestones.first_solve_business_seconds as first_resolution_open_seconds,
        case
            when resolutions.is_solved
                then {{ seconds_between("tickets.created_at", "milestones.last_solved_at") }}
        end as full_resolution_elapsed_seconds,
        case
            when resolutions.is_solved then milestones.last_solve_business_seconds
        end as full_resolution_open_seconds,
        waits.customer_wait_elapsed_seconds,
        waits.customer_wait_open_seconds,
        waits.agent_wait_elapsed_seconds,
        waits.agent_wait_open_seconds,
        cast(resolutions.reopen_count as integer) as reopen_count,
        resolutions.first_reopened_at,
        resolutions.is_reopened_within_window,
        resolutions.is_reopen_mature,
        resolutions.is_solved and milestones.public_reply_count = 1 as is_one_touch,
        tickets.is_reply_expected,
        promises.reply_sla_open_seconds,
        promises.reply_sla_status,
        tickets.is_spam,
        tickets.is_test,
        tickets.merged_into_ticket_id,
        tickets.surviving_ticket_id,
        tickets.is_merged
    from tickets
    inner join {{ ref("int_ticket_milestones") }} as milestones
        on tickets.ticket_id = milestones.ticket_id
    inner join {{ ref("int_ticket_resolutions_judged") }} as resolutions
        on tickets.ticket_id = resolutions.ticket_id
    inner join {{ ref("int_ticket_waits_summed") }} as waits
        on tickets.ticket_id = waits.ticket_id
    inner join {{ ref("int_ticket_handlers_followed") }} as handlers
        on tickets.ticket_id = handlers.ticket_id
    inner join {{ ref("int_ticket_promises_judged") }} as promises
        on tickets.ticket_id = promises.ticket_id
)

select * from final
order by created_at, ticket_id
