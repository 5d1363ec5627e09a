-- Erlang C: contacts come at random, wait as long as it takes, and find the agents who are there.
-- Nobody gives up in the model, so it predicts more waiting than there will be.
with loads as (
    select
        *,
        cast(contacts_offered * agent_seconds_per_contact / 1800 as decimal(18, 6))
            as offered_load_erlangs
    from {{ ref("int_team_loads_summed") }}
),

agents as (
    select
        half_hour,
        team,
        cast(sum(present_seconds) / 1800 as decimal(18, 6)) as agents_available
    from {{ ref("int_agent_half_hours_dated") }}
    group by 1, 2
),

joined as (
    select
        coalesce(loads.half_hour, agents.half_hour) as half_hour,
        coalesce(loads.team, agents.team) as team,
        coalesce(loads.contacts_offered, 0) as contacts_offered,
        loads.agent_seconds_per_contact,
        -- nothing came: no load; nothing tells how long a contact takes: the load is unknown
        case when loads.half_hour is null then 0 else loads.offered_load_erlangs end
            as offered_load_erlangs,
        coalesce(agents.agents_available, 0) as agents_available,
        -- the model knows no part of an agent
        cast(round(coalesce(agents.agents_available, 0)) as integer) as whole_agents
    from loads
    full join agents
        on
            loads.half_hour = agents.half_hour
            and loads.team = agents.team
),

modelled as (
    select
        *,
        cast(offered_load_erlangs as double) as load,
        -- a queue that cannot empty has no steady state to predict
        offered_load_erlangs < least(agents_available, whole_agents) as is_stable,
        {{ erlang_blocking("cast(offered_load_erlangs as double)", "whole_agents") }} as blocking
    from joined
),

predicted as (
    select
        *,
        case
            when is_stable then blocking / (1 - load / whole_agents * (1 - blocking))
        end as wait_probability,
        {{ parameter("service_level_seconds") }} / agent_seconds_per_contact
            as limit_in_contact_times
    from modelled
),

final as (
    select
        {{ half_hour_start("predicted.half_hour") }} as half_hour_at,
        {{
            business_date(
                half_hour_start("predicted.half_hour"),
                parameter("business_time_zone", "varchar")
            )
        }} as business_date,
        team,
        cast(contacts_offered as bigint) as contacts_offered,
        cast(agent_seconds_per_contact as decimal(18, 4)) as agent_seconds_per_contact,
        cast(offered_load_erlangs as decimal(18, 6)) as offered_load_erlangs,
        cast(agents_available as decimal(18, 6)) as agents_available,
        cast(offered_load_erlangs / nullif(agents_available, 0) as decimal(18, 6))
            as saturation_index,
        cast(wait_probability as decimal(18, 6)) as predicted_wait_probability,
        cast(
            1 - wait_probability * exp(-(whole_agents - load) * limit_in_contact_times)
            as decimal(18, 6)
        ) as predicted_service_level,
        cast(
            wait_probability * agent_seconds_per_contact / (whole_agents - load)
            as decimal(18, 6)
        ) as predicted_asa_seconds
    from predicted
)

select * from final
order by half_hour_at, team
