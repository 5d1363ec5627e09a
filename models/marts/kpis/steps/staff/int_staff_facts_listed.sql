-- a view: a step of measures_agents alone
{{ config(materialized = "view") }}
-- What there is to count of the staff in a period, one row for each: people at both ends, who came
-- and who left, and what they proposed. Somebody who changes team opens the period in one and
-- closes it in another, and neither left nor came.
with periods as (
    select * from {{ ref("int_staff_periods") }}
),

people as (
    select
        periods.period_grain,
        periods.period_start,
        periods.is_opening_month,
        periods.is_closing_month,
        agent_months.*,
        row_number() over (
            partition by periods.period_grain, periods.period_start, agent_months.agent_id
            order by agent_months.month_start desc
        ) = 1 as is_last_month_of_person
    from periods
    inner join {{ ref("agent_months") }} as agent_months
        on periods.month_start = agent_months.month_start
),

proposals as (
    select
        proposals.proposed_on,
        coalesce(proposals.adopted_on <= run.as_of_date, false) as is_adopted,
        coalesce(versions.team, 'unknown') as team,
        coalesce(versions.site, 'unknown') as site,
        versions.provider
    from {{ ref("stg_workforce__improvement_proposals") }} as proposals
    cross join {{ ref("int_run_dated") }} as run
    left join {{ ref("int_agent_versions_dated") }} as versions
        on
            proposals.agent_id = versions.agent_id
            and proposals.proposed_on >= versions.from_date
            and proposals.proposed_on < versions.until_date
    where proposals.proposed_on <= run.as_of_date
),

final as (
    select
        period_grain,
        period_start,
        team_at_opening as team,
        site_at_opening as site,
        provider_at_opening as provider,
        'opening' as fact,
        cast(null as boolean) as is_met
    from people
    where is_opening_month and is_present_at_opening
    union all
    select period_grain, period_start, team, site, provider, 'closing', is_certified
    from people
    where is_closing_month and is_present_at_closing
    union all
    select period_grain, period_start, team, site, provider, 'hire', null
    from people
    where is_hired
    union all
    select period_grain, period_start, team, site, provider, 'departure', null
    from people
    where is_left
    union all
    select period_grain, period_start, team, site, provider, 'person', null
    from people
    where is_last_month_of_person
    union all
    select
        periods.period_grain,
        periods.period_start,
        proposals.team,
        proposals.site,
        proposals.provider,
        'proposal',
        proposals.is_adopted
    from periods
    inner join proposals
        on periods.month_start = {{ period_start("month", "proposals.proposed_on") }}
)

select * from final
