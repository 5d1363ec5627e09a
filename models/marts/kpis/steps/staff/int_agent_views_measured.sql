-- The measures that an agent's own figures are made of, under the names that the catalogue knows
-- them by: the same rows of the registry make them, for one person instead of a service.
with facts as (
    select * from {{ ref("int_agent_facts_summed") }}
),

evaluations as (
    select * from {{ ref("quality_evaluations") }}
    where not is_calibration
),

-- an exchange of two people may be evaluated with each: it then counts for both
exchanges as (
    select *
    from {{
        first_row_per_key(
            "evaluations",
            ["exchange_id", "agent_id"],
            ["has_critical_error desc", "evaluated_on", "evaluation_id"]
        )
    }} as gravest
),

all_facts as (
    select
        month_start,
        agent_id,
        fact,
        units,
        units_met,
        seconds,
        seconds_squared
    from facts
    union all
    select
        {{ period_start("month", "contact_date") }},
        agent_id,
        'exchange',
        count(*),
        count(case when not has_critical_error then 1 end),
        null,
        null
    from exchanges
    group by 1, 2
    union all
    select
        month_start,
        agent_id,
        'skill',
        required_skills,
        covered_skills,
        null,
        null
    from {{ ref("agent_months") }}
    where required_skills > 0
),

summed as (
    select
        'month' as period_grain,
        month_start as period_start,
        'agent' as slice_type,
        agent_id as slice_value,
        {%- for fact, measure in {
            "leg": "contacts_with_handle_time",
            "issue": "issues_mature",
            "pending_issue": "issues_pending",
            "contact": "identified_contacts_handled",
            "repeat": "contacts_repeated",
            "answer": "csat_answers",
            "exchange": "exchanges_evaluated",
            "skill": "required_skills",
        }.items() %}
        sum(case when fact = '{{ fact }}' then units else 0 end) as {{ measure }},
        {%- endfor %}
        {%- for fact, measure in {
            "issue": "issues_resolved_at_first_contact",
            "answer": "csat_answers_satisfied",
            "exchange": "exchanges_without_critical_error",
            "skill": "covered_skills",
        }.items() %}
        sum(case when fact = '{{ fact }}' then units_met else 0 end) as {{ measure }},
        {%- endfor %}
        coalesce(sum(seconds), 0) as handle_seconds,
        coalesce(sum(seconds_squared), 0) as handle_seconds_squared
    from all_facts
    group by 1, 2, 3, 4
)

select * from summed
