-- One row an event of an agent's stream: what the agent was doing from then on. The type of a status
-- says whether contacts are routed; the name of a custom one is the service's own word.
with events as (
    select
        *,
        coalesce("CurrentAgentSnapshot" -> 'AgentStatus', "CurrentAgentSnapshot" -> 'agentstatus')
            as status,
        coalesce("CurrentAgentSnapshot" -> 'Contacts', "CurrentAgentSnapshot" -> 'contacts')
            as contacts,
        coalesce(
            "CurrentAgentSnapshot" -> 'Configuration', "CurrentAgentSnapshot" -> 'configuration'
        ) as configuration,
    from stream.agent_events
    qualify row_number() over (partition by "EventId" order by file_number, row_number) = 1
),

opened as (
    select
        *,
        coalesce(status ->> 'Name', status ->> 'name') as status_name,
        upper(coalesce(status ->> 'Type', status ->> 'type')) as status_type,
        coalesce(configuration -> 'AgentHierarchyGroups', configuration -> 'agenthierarchygroups')
            as hierarchy,
        coalesce(configuration -> 'RoutingProfile', configuration -> 'routingprofile') as profile,
        coalesce(
            hierarchy -> ('Level' || getvariable('team_level')),
            hierarchy -> ('level' || getvariable('team_level'))
        ) as team_group,
        coalesce(
            hierarchy -> ('Level' || getvariable('site_level')),
            hierarchy -> ('level' || getvariable('site_level'))
        ) as site_group,
        -- who still has a contact that has ended does the work after it
        list_min(
            list_transform(
                list_filter(
                    cast(case when json_type(contacts) = 'ARRAY' then contacts end as json[]),
                    lambda one: upper(coalesce(one ->> 'State', one ->> 'state')) in (
                        'CONNECTED', 'CONNECTED_ONHOLD', 'ENDED'
                    )
                ),
                lambda one: {
                    'since': coalesce(
                        one ->> 'ConnectedToAgentTimestamp',
                        one ->> 'connectedtoagenttimestamp',
                        ''
                    ),
                    'contact_id': coalesce(
                        one ->> 'InitialContactId',
                        one ->> 'initialcontactid',
                        one ->> 'ContactId',
                        one ->> 'contactid'
                    )
                }
            )
        ) as handled,
    from events
)

select
    "EventId" as event_id,
    upper("EventType") as event_type,
    "EventTimestamp" as event_at,
    nullif(regexp_extract("AgentARN", '[^/]+$'), '') as agent_id,
    case when coalesce(status_type, '') not in ('ROUTABLE', 'OFFLINE') then status_name end
        as custom_status,
    case
        when upper("EventType") = 'LOGOUT' then 'offline'
        -- a snapshot without its list of contacts does not say that there were none
        when contacts is null or json_type(contacts) <> 'ARRAY' then null
        when handled is not null then 'contact'
        when status_type = 'ROUTABLE' then 'available'
        when status_type = 'OFFLINE' then 'offline'
        else code_activity(status_name)
    end as state,
    handled.contact_id as contact_id,
    coalesce(team_group ->> 'Name', team_group ->> 'name') as team,
    coalesce(site_group ->> 'Name', site_group ->> 'name') as site,
    coalesce(profile ->> 'Name', profile ->> 'name') as routing_profile,
from opened
