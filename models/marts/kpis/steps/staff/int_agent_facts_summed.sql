-- What agents did and what came of it, by month. A contact has many hands and one last: time is
-- everybody's own, its outcome is put down to the agent who took its last leg.
with contacts as (
    select * from {{ ref("contacts") }}
),

-- customer-facing KPIs count contacts, an agent's own time is that of legs
legs as (
    select
        {{ period_start("month", "contacts.business_date") }} as month_start,
        agents.agent_id,
        sum(agents.timed_leg_count) as units,
        cast(null as bigint) as units_met,
        sum(agents.handle_seconds) as seconds,
        sum(agents.handle_seconds_squared) as seconds_squared
    from {{ ref("int_contact_agents_summed") }} as agents
    inner join contacts
        on agents.contact_id = contacts.contact_id
    where contacts.is_handled
    group by 1, 2
),

issues as (
    select
        {{ period_start("month", "issues.anchor_date") }} as month_start,
        anchors.last_agent_id as agent_id,
        count(case when issues.is_mature then 1 end) as units,
        count(case when issues.is_resolved_at_first_contact then 1 end) as units_met,
        count(case when not issues.is_mature then 1 end) as units_pending
    from {{ ref("issues") }} as issues
    inner join contacts as anchors
        on issues.issue_id = anchors.contact_id
    where issues.is_identified
    group by 1, 2
),

issues_pending as (
    select
        month_start,
        agent_id,
        units_pending as units
    from issues
    where units_pending > 0
),

handled as (
    select
        {{ period_start("month", "issue_contacts.business_date") }} as month_start,
        issue_contacts.is_repeat,
        contacts.last_agent_id,
        lag(contacts.last_agent_id) over (
            partition by issue_contacts.issue_id
            order by issue_contacts.started_at, issue_contacts.contact_id
        ) as previous_agent_id
    from {{ ref("issue_contacts") }} as issue_contacts
    inner join contacts
        on issue_contacts.contact_id = contacts.contact_id
    where
        issue_contacts.is_handled
        and issue_contacts.is_identified
),

handled_contacts as (
    select
        month_start,
        last_agent_id as agent_id,
        count(*) as units
    from handled
    group by 1, 2
),

-- somebody came back to a colleague: it says something of the contact before
repeats as (
    select
        month_start,
        previous_agent_id as agent_id,
        count(*) as units
    from handled
    where is_repeat
    group by 1, 2
),

answers as (
    select
        {{ period_start("month", "answers.answered_date") }} as month_start,
        coalesce(contacts.last_agent_id, tickets.last_reply_agent_id) as agent_id,
        count(*) as units,
        count(case when answers.score >= 4 then 1 end) as units_met
    from {{ ref("survey_answers") }} as answers
    inner join {{ ref("int_survey_invitations_described") }} as invitations
        on answers.invitation_id = invitations.invitation_id
    left join contacts
        on invitations.exchange_id = contacts.contact_id
    left join {{ ref("tickets") }} as tickets
        on invitations.ticket_id = tickets.ticket_id
    where {{ is_satisfaction_answer("answers") }}
    group by 1, 2
),

final as (
    select
        month_start,
        agent_id,
        'leg' as fact,
        units,
        units_met,
        seconds,
        seconds_squared
    from legs
    {%- for fact, source in {
        "issue": "issues", "pending_issue": "issues_pending", "contact": "handled_contacts",
        "repeat": "repeats", "answer": "answers",
    }.items() %}
    union all
    select
        month_start,
        agent_id,
        '{{ fact }}',
        units,
        {{ "units_met" if fact in ("issue", "answer") else "null" }},
        null,
        null
    from {{ source }}
    {%- endfor %}
)

select * from final
where agent_id is not null
