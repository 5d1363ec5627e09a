-- Through whose hands a ticket went: who replied first and last, who has it now, and how often an
-- assignment took it from one agent or team to another. An assignment to a team alone names no
-- agent: it takes the ticket from nobody until the next agent is named.
with events as (
    select * from {{ ref("int_ticket_events_clocked") }}
    where {{ of_changed_tickets("ticket_id") }}
),

agents_assigned as (
    select
        ticket_id,
        agent_id,
        lag(agent_id) over (partition by ticket_id order by event_number) as previous_agent_id
    from events
    where
        event_type = 'assigned'
        and agent_id is not null
),

agent_handoffs as (
    select
        ticket_id,
        count(*) as agent_handoff_count
    from agents_assigned
    where agent_id <> previous_agent_id
    group by 1
),

teams_assigned as (
    select
        ticket_id,
        team,
        lag(team) over (partition by ticket_id order by event_number) as previous_team
    from events
    where
        event_type = 'assigned'
        and team is not null
),

team_handoffs as (
    select
        ticket_id,
        count(*) as team_handoff_count
    from teams_assigned
    where team <> previous_team
    group by 1
),

assignments as (
    select * from events
    where event_type = 'assigned'
),

last_assignments as (
    select
        ticket_id,
        agent_id
    from {{ first_row_per_key("assignments", ["ticket_id"], ["event_number desc"]) }} as latest
),

named as (
    select
        ticket_id,
        min_by(
            agent_id,
            case when event_type = 'public_reply' and agent_id is not null then event_number end
        ) as first_reply_agent_id,
        max_by(
            agent_id,
            case when event_type = 'public_reply' and agent_id is not null then event_number end
        ) as last_reply_agent_id,
        max_by(team, case when team is not null then event_number end) as last_team
    from events
    group by 1
),

final as (
    select
        named.ticket_id,
        named.first_reply_agent_id,
        named.last_reply_agent_id,
        named.last_team,
        last_assignments.agent_id as current_agent_id,
        coalesce(agent_handoffs.agent_handoff_count, 0) as agent_handoff_count,
        coalesce(team_handoffs.team_handoff_count, 0) as team_handoff_count
    from named
    left join last_assignments
        on named.ticket_id = last_assignments.ticket_id
    left join agent_handoffs
        on named.ticket_id = agent_handoffs.ticket_id
    left join team_handoffs
        on named.ticket_id = team_handoffs.ticket_id
)

select * from final
