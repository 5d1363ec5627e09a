-- How am I doing, what should I learn? Each person's own figures, in the newest final month, beside
-- what they have learnt. Of those who are in the service.
with people as (
    select *
    from {{
        first_row_per_key(ref("agent_months"), ["agent_id"], ["month_start desc"])
    }} as newest_months
),

run as (
    select * from {{ ref("int_run_dated") }}
),

lines as (
    select
        slice_value as agent_id,
        {{ report_line() }}
    from {{ ref("int_scorecard_lines") }}
    where
        dashboard = 'agent'
        and is_newest_final
),

final as (
    select
        lines.*,
        people.team,
        people.is_certified,
        people.certificate_expires_on,
        people.required_skills,
        people.covered_skills
    from lines
    inner join people
        on lines.agent_id = people.agent_id
    cross join run
    where
        people.is_present_at_closing
        and people.snapshot_date = run.as_of_date
)

select * from final
order by agent_id, position
