-- Time of agents with live contacts and waiting for them, summed by agent and day first: who they
-- are is needed only to count them. What a team without any live contact on a day did is not known
-- from them: an agent of a back office who is available is not idle.
{%- set grains = ["day", "week", "month", "quarter"] %}
with half_hours as (
    select * from {{ ref("int_agent_half_hours_dated") }}
),

live_teams as (
    select
        business_date,
        team
    from half_hours
    where busy_seconds > 0
    union
    select
        business_date,
        team
    from {{ ref("staffing_half_hours") }}
    where contacts_offered > 0
),

agent_days as (
    select
        half_hours.agent_id,
        half_hours.business_date,
        half_hours.team,
        half_hours.site,
        sum(half_hours.busy_seconds) as busy_seconds,
        sum(half_hours.present_seconds) as present_seconds
    from half_hours
    inner join live_teams
        on
            half_hours.business_date = live_teams.business_date
            and half_hours.team = live_teams.team
    group by 1, 2, 3, 4
),

agent_periods as (
    {%- for grain in grains %}
    select
        '{{ grain }}' as period_grain,
        {{ period_start(grain, "business_date") }} as period_start,
        agent_id,
        team,
        site,
        sum(busy_seconds) as busy_seconds,
        sum(present_seconds) as present_seconds
    from agent_days
    group by 1, 2, 3, 4, 5
    {{ "union all" if not loop.last }}
    {%- endfor %}
),

ranked as (
    select
        *,
        row_number() over (
            partition by period_grain, period_start, agent_id
            order by present_seconds desc, team, site
        ) = 1 as is_longest_of_person
    from agent_periods
),

final as (
    select
        period_grain,
        period_start,
        team,
        site,
        count(case when is_longest_of_person then 1 end) as people,
        cast(sum(busy_seconds) as decimal(24, 4)) as busy_seconds,
        cast(sum(present_seconds) as decimal(24, 4)) as busy_or_available_seconds
    from ranked
    group by 1, 2, 3, 4
)

select * from final
