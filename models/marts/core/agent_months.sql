-- Nobody is judged before the first certificate landed: nothing landed is not nobody certified.
with people as (
    select * from {{ ref("int_agent_months_dated") }}
),

certifications as (
    select * from {{ ref("stg_workforce__certifications") }}
),

-- certificates that are valid for the role of the moment, their last day included
certified as (
    select
        people.month_start,
        people.agent_id,
        max(coalesce(certifications.expires_on, cast('9999-12-31' as date))) as expires_on
    from people
    inner join certifications
        on
            people.agent_id = certifications.agent_id
            and people.role = certifications.role
            and people.snapshot_date >= certifications.certified_on
            and people.snapshot_date
            <= coalesce(certifications.expires_on, cast('9999-12-31' as date))
    group by 1, 2
),

skills as (
    select
        month_start,
        agent_id,
        count(*) as required_skills,
        count(case when is_covered then 1 end) as covered_skills
    from {{ ref("int_agent_skills_judged") }}
    group by 1, 2
),

final as (
    select
        people.month_start,
        people.snapshot_date,
        people.agent_id,
        people.team,
        people.site,
        people.role,
        people.provider,
        people.team_at_opening,
        people.site_at_opening,
        people.provider_at_opening,
        people.is_present_at_opening,
        people.is_present_at_closing,
        people.is_hired,
        people.is_left,
        case
            when
                people.is_present_at_closing
                and people.role in ('agent', 'manager')
                and people.snapshot_date >= (
                    select min(certifications.certified_on) from certifications
                )
                then certified.agent_id is not null
        end as is_certified,
        case
            when people.is_present_at_closing
                then nullif(certified.expires_on, cast('9999-12-31' as date))
        end as certificate_expires_on,
        cast(skills.required_skills as integer) as required_skills,
        cast(skills.covered_skills as integer) as covered_skills
    from people
    left join certified
        on
            people.month_start = certified.month_start
            and people.agent_id = certified.agent_id
    left join skills
        on
            people.month_start = skills.month_start
            and people.agent_id = skills.agent_id
)

select * from final
order by month_start, agent_id
