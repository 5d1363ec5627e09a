-- Intervals overlap: two chats at once, a call while available. Each agent's time is swept from
-- boundary to boundary, counting what goes on between two of them, so that no second counts twice.
with run as (
    select * from {{ ref("int_run_observed") }}
),

-- all that bears on a changed day: few intervals reach over more than one midnight
intervals as (
    select activity_id
    from {{ ref("stg_interactions__agent_activity_versions") }}
    where
        {{ of_changed_agent_days("agent_id", half_hour("started_at")) }}
        or {{ of_changed_agent_days("agent_id", half_hour("ended_at")) }}
        or {{ half_hour("ended_at") }} - {{ half_hour("started_at") }} > 48
),

versions as (
    select *
    from {{ ref("stg_interactions__agent_activity_versions") }}
    where activity_id in (select intervals.activity_id from intervals)
),

current_activity as (
    {{ current_version("versions", ["activity_id"], "first_wins") }}
),

activity as (
    select
        activity.agent_id,
        activity.started_at,
        least(activity.ended_at, run.as_of) as ended_at,
        activity.state = 'available' as is_available,
        -- a contact that nobody knows is taken as live: deferred work is planned, not waited for
        activity.state = 'contact' and coalesce(contacts.is_live_channel, true) as is_live,
        activity.state = 'contact' and not contacts.is_live_channel as is_deferred
    from current_activity as activity
    cross join run
    left join {{ ref("int_contact_roots") }} as roots
        on activity.contact_id = roots.contact_id
    left join {{ ref("contacts") }} as contacts
        on coalesce(roots.root_contact_id, activity.contact_id) = contacts.contact_id
    where
        activity.state in ('contact', 'available')
        and activity.started_at < run.as_of
),

boundaries as (
    select
        agent_id,
        started_at as boundary_at,
        case when is_live then 1 else 0 end as live,
        case when is_deferred then 1 else 0 end as deferred,
        case when is_available then 1 else 0 end as available
    from activity
    union all
    select
        agent_id,
        ended_at,
        case when is_live then -1 else 0 end,
        case when is_deferred then -1 else 0 end,
        case when is_available then -1 else 0 end
    from activity
),

swept as (
    select
        agent_id,
        boundary_at as started_at,
        lead(boundary_at) over (partition by agent_id order by boundary_at) as ended_at,
        sum(sum(live)) over (partition by agent_id order by boundary_at) as live_contacts,
        sum(sum(deferred)) over (partition by agent_id order by boundary_at) as deferred_contacts,
        sum(sum(available)) over (partition by agent_id order by boundary_at)
            as available_intervals
    from boundaries
    group by agent_id, boundary_at
),

final as (
    select
        agent_id,
        started_at,
        ended_at,
        live_contacts > 0 as is_busy
    from swept
    where
        live_contacts > 0
        or (deferred_contacts = 0 and available_intervals > 0)
)

select * from final
