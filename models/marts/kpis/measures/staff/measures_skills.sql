-- Skills that are asked for and those that are covered, at the end of each period.
with periods as (
    select * from {{ ref("int_staff_periods") }}
    where is_closing_month
),

skills as (
    select
        periods.period_grain,
        periods.period_start,
        skills.*,
        row_number() over (
            partition by periods.period_grain, periods.period_start, skills.agent_id
            order by skills.skill
        ) = 1 as is_first_skill_of_person
    from periods
    inner join {{ ref("int_agent_skills_judged") }} as skills
        on periods.month_start = skills.month_start
),

final as (
    select
        period_grain,
        period_start,
        team,
        site,
        skill,
        count(case when is_first_skill_of_person then 1 end) as people,
        count(*) as required_skills,
        count(case when is_covered then 1 end) as covered_skills
    from skills
    group by 1, 2, 3, 4, 5
)

select * from final
