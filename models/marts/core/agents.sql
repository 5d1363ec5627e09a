with agents as (
    select * from {{ ref("stg_workforce__agents") }}
),

run as (
    select * from {{ ref("int_run_dated") }}
),

final as (
    select
        agents.agent_id,
        coalesce(agents.team, 'unknown') as team,
        coalesce(agents.site, 'unknown') as site,
        agents.role,
        agents.support_level,
        agents.provider,
        agents.hired_on,
        agents.left_on,
        coalesce(
            agents.hired_on <= run.as_of_date
            and (agents.left_on is null or agents.left_on > run.as_of_date),
            false
        ) as is_present
    from agents
    cross join run
)

select * from final
order by agent_id
