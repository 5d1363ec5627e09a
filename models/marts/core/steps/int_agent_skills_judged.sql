-- Each skill that somebody's role asks for, beside the level that their latest validated assessment
-- found. Nobody is judged before the first assessment landed: not assessed is not acquired, but
-- not landed is not known.
with people as (
    select * from {{ ref("int_agent_months_dated") }}
    where is_present_at_closing
),

assessments as (
    select * from {{ ref("stg_workforce__skill_assessments") }}
),

validated as (
    select * from assessments
    where is_validated
),

-- two assessments on one day: the better one
latest_of_day as (
    select *
    from {{
        first_row_per_key(
            "validated",
            ["agent_id", "skill", "assessed_on"],
            ["level desc"]
        )
    }} as best
),

acquired as (
    select
        *,
        coalesce(
            lead(assessed_on) over (partition by agent_id, skill order by assessed_on),
            cast('9999-12-31' as date)
        ) as replaced_on
    from latest_of_day
),

final as (
    select
        people.month_start,
        people.agent_id,
        people.team,
        people.site,
        required.skill,
        required.level as required_level,
        acquired.level as validated_level,
        coalesce(acquired.level >= required.level, false) as is_covered
    from people
    inner join {{ ref("stg_workforce__required_skills") }} as required
        on people.role = required.role
    left join acquired
        on
            people.agent_id = acquired.agent_id
            and required.skill = acquired.skill
            and people.snapshot_date >= acquired.assessed_on
            and people.snapshot_date < acquired.replaced_on
    where people.snapshot_date >= (select min(assessments.assessed_on) from assessments)
)

select * from final
