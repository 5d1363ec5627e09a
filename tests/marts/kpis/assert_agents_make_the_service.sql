-- What agents see of their own, taken together with what no source puts down to a person, is what
-- is said of the whole service: issues, contacts, repeats, answers and skills, month by month.
-- A failure means that something is put down to two people, or lost between them. Look first at
-- int_agent_facts_summed, then at last_agent_id in core.contacts.
-- Time is left out, because one counts legs and the other contacts: see
-- assert_agents_time_is_all_time. So are evaluations: an exchange may be evaluated with two agents.
with figures as (
    select * from {{ ref("int_kpi_figures") }}
    where
        period_grain = 'month'
        and kpi_id in ('fcr_rate', 'repeat_contact_rate', 'csat_t2b', 'skill_coverage_rate')
),

contacts as (
    select * from {{ ref("contacts") }}
),

handled as (
    select
        issue_contacts.*,
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

without_agent as (
    select
        'fcr_rate' as kpi_id,
        {{ period_start("month", "issues.anchor_date") }} as period_start,
        count(case when issues.is_resolved_at_first_contact then 1 end) as numerator,
        count(*) as denominator
    from {{ ref("issues") }} as issues
    inner join contacts as anchors
        on issues.issue_id = anchors.contact_id
    where
        issues.is_identified
        and issues.is_mature
        and anchors.last_agent_id is null
    group by 1, 2
    union all
    select
        'repeat_contact_rate',
        {{ period_start("month", "business_date") }},
        count(case when is_repeat and previous_agent_id is null then 1 end),
        count(case when last_agent_id is null then 1 end)
    from handled
    group by 1, 2
    union all
    select
        'csat_t2b',
        {{ period_start("month", "answers.answered_date") }},
        count(case when answers.score in (4, 5) then 1 end),
        count(*)
    from {{ ref("survey_answers") }} as answers
    inner join {{ ref("int_survey_invitations_described") }} as invitations
        on answers.invitation_id = invitations.invitation_id
    left join contacts
        on invitations.exchange_id = contacts.contact_id
    left join {{ ref("tickets") }} as tickets
        on invitations.ticket_id = tickets.ticket_id
    where
        answers.validity = 'valid'
        and answers.question_code in (
            select questions.question_code
            from {{ ref("survey_questions") }} as questions
            where
                questions.instrument = 'csat'
                and questions.scale_max = 5
        )
        and contacts.last_agent_id is null
        and tickets.last_reply_agent_id is null
    group by 1, 2
),

compared as (
    select
        figures.kpi_id,
        figures.period_start,
        sum(case when figures.slice_type = 'agent' then figures.numerator else 0 end)
        + coalesce(max(without_agent.numerator), 0) as numerator_of_all,
        sum(case when figures.slice_type = 'agent' then figures.denominator else 0 end)
        + coalesce(max(without_agent.denominator), 0) as denominator_of_all,
        coalesce(sum(case when figures.slice_type = 'total' then figures.numerator end), 0)
            as numerator,
        coalesce(sum(case when figures.slice_type = 'total' then figures.denominator end), 0)
            as denominator
    from figures
    left join without_agent
        on
            figures.kpi_id = without_agent.kpi_id
            and figures.period_start = without_agent.period_start
    group by 1, 2
)

select * from compared
where
    numerator_of_all <> numerator
    or denominator_of_all <> denominator
