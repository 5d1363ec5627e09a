-- a view: a step of staffing_half_hours alone
{{ config(materialized = "view") }}
-- Live contacts offered to a team in a half-hour, and the time of an agent that one of them takes:
-- handle time divided by the conversations held at once. Where none was handled in the half-hour,
-- those of the day show how long one takes.
with contacts as (
    select
        {{ half_hour("contacts.agents_queue_entered_at") }} as half_hour,
        contacts.team,
        contacts.handle_seconds / coalesce(channels.concurrency, 1) as agent_seconds
    from {{ ref("contacts") }} as contacts
    left join {{ ref("channels") }} as channels
        on contacts.channel = channels.channel
    where
        contacts.is_live_channel
        and contacts.is_offered
),

summed as (
    select
        half_hour,
        team,
        count(*) as contacts_offered,
        count(agent_seconds) as contacts_timed,
        coalesce(sum(agent_seconds), 0) as agent_seconds
    from contacts
    group by 1, 2
),

dated as (
    select
        summed.*,
        {{
            business_date(
                half_hour_start("summed.half_hour"),
                parameter("business_time_zone", "varchar")
            )
        }} as business_date
    from summed
),

final as (
    select
        half_hour,
        team,
        contacts_offered,
        coalesce(
            agent_seconds / nullif(contacts_timed, 0),
            sum(agent_seconds) over (partition by team, business_date)
            / nullif(sum(contacts_timed) over (partition by team, business_date), 0)
        ) as agent_seconds_per_contact
    from dated
)

select * from final
