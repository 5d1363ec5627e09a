-- One row a contact record, in its newest version: Connect delivers each at least once, and again
-- when something was added. Glue writes the names of nested fields in lower case, and a hierarchy as
-- its text. A record whose nested parts are not as documented says so: nothing is measured by half.
with versions as (
    select *
    from stream.contact_records
    qualify row_number() over (
        partition by "ContactId"
        order by "LastUpdateTimestamp" desc, file_number desc, row_number desc
    ) = 1
),

opened as (
    select
        *,
        coalesce("CustomerEndpoint" ->> 'Type', "CustomerEndpoint" ->> 'type') as endpoint_type,
        coalesce("Queue" ->> 'ARN', "Queue" ->> 'arn', "Queue" ->> 'Name', "Queue" ->> 'name')
            as queue_known,
        coalesce("Queue" ->> 'EnqueueTimestamp', "Queue" ->> 'enqueuetimestamp') as enqueued,
        coalesce("Queue" ->> 'DequeueTimestamp', "Queue" ->> 'dequeuetimestamp') as dequeued,
        coalesce("Queue" ->> 'Duration', "Queue" ->> 'duration') as queued_for,
        coalesce("Agent" ->> 'ARN', "Agent" ->> 'arn') as agent_arn,
        coalesce(
            "Agent" ->> 'ConnectedToAgentTimestamp', "Agent" ->> 'connectedtoagenttimestamp'
        ) as connected,
        coalesce("Agent" ->> 'AgentInteractionDuration', "Agent" ->> 'agentinteractionduration')
            as interacted_for,
        coalesce("Agent" ->> 'CustomerHoldDuration', "Agent" ->> 'customerholdduration')
            as held_for,
        coalesce("Agent" ->> 'AfterContactWorkDuration', "Agent" ->> 'aftercontactworkduration')
            as wrapped_up_for,
        coalesce(
            "Agent" ->> 'AfterContactWorkStartTimestamp',
            "Agent" ->> 'aftercontactworkstarttimestamp'
        ) as wrap_up_began,
        coalesce(
            "Agent" ->> 'AfterContactWorkEndTimestamp', "Agent" ->> 'aftercontactworkendtimestamp'
        ) as wrap_up_ended,
        coalesce("Agent" -> 'RoutingProfile', "Agent" -> 'routingprofile') as profile,
        coalesce("Agent" -> 'HierarchyGroups', "Agent" -> 'hierarchygroups') as hierarchy_written,
        "SegmentAttributes" -> 'connect:Subtype' as subtype,
    from versions
),

typed as (
    select
        *,
        try_cast(enqueued as timestamptz) as enqueued_at,
        try_cast(dequeued as timestamptz) as dequeued_at,
        try_cast(queued_for as integer) as queue_seconds,
        nullif(regexp_extract(agent_arn, '[^/]+$'), '') as agent_id,
        try_cast(connected as timestamptz) as connected_at,
        try_cast(interacted_for as integer) as interaction_seconds,
        try_cast(held_for as integer) as hold_seconds,
        try_cast(wrapped_up_for as integer) as wrap_seconds,
        case
            when json_type(hierarchy_written) = 'OBJECT' then hierarchy_written
            when json_valid(hierarchy_written ->> '$')
                then cast(hierarchy_written ->> '$' as json)
        end as hierarchy,
    from opened
),

placed as (
    select
        *,
        coalesce(
            hierarchy -> ('Level' || getvariable('team_level')),
            hierarchy -> ('level' || getvariable('team_level'))
        ) as team_group,
        coalesce(
            hierarchy -> ('Level' || getvariable('site_level')),
            hierarchy -> ('level' || getvariable('site_level'))
        ) as site_group,
    from typed
)

select
    "ContactId" as contact_id,
    coalesce("InitialContactId", "PreviousContactId", "ContactId") as root_contact_id,
    "PreviousContactId" as previous_contact_id,
    "NextContactId" as next_contact_id,
    -- an API begins chats and tasks for customers, and calls for the company
    case
        when upper("InitiationMethod") = 'API' and upper("Channel") = 'VOICE' then 'voice_api'
        else "InitiationMethod"
    end as initiation,
    coalesce(subtype ->> 'ValueString', subtype ->> 'valuestring', "Channel") as medium,
    upper("Channel") = 'TASK' as is_task,
    "DisconnectReason" as disconnect_reason,
    "InitiationTimestamp" as initiated_at,
    "ConnectedToSystemTimestamp" as reached_at,
    "DisconnectTimestamp" as disconnected_at,
    "LastUpdateTimestamp" as updated_at,
    coalesce("AnsweringMachineDetectionStatus" like 'VOICEMAIL%', false) as is_machine,
    case endpoint_type when 'TELEPHONE_NUMBER' then 'phone' when 'EMAIL_ADDRESS' then 'email' end
        as address_type,
    coalesce("CustomerEndpoint" ->> 'Address', "CustomerEndpoint" ->> 'address') as address,
    coalesce("Queue" ->> 'Name', "Queue" ->> 'name') as queue,
    enqueued_at,
    dequeued_at,
    queue_seconds,
    agent_id,
    connected_at,
    interaction_seconds,
    hold_seconds,
    wrap_seconds,
    wrap_up_began is not null and wrap_up_ended is null as is_wrapping_up,
    coalesce(profile ->> 'Name', profile ->> 'name') as routing_profile,
    coalesce(team_group ->> 'GroupName', team_group ->> 'groupname') as team,
    coalesce(site_group ->> 'GroupName', site_group ->> 'groupname') as site,
    "Attributes" as attributes,
    (agent_arn is null) = (connected is null)
    and (connected is null) = (connected_at is null)
    and (queue_known is null) = (enqueued is null)
    and (enqueued is null) = (enqueued_at is null)
    and (dequeued is null) = (dequeued_at is null)
    and (queued_for is null) = (queue_seconds is null)
    and (interacted_for is null) = (interaction_seconds is null)
    and (held_for is null) = (hold_seconds is null)
    and (wrapped_up_for is null) = (wrap_seconds is null)
    -- who was connected to an agent talked to them, and no longer than that
    and (connected is null or interacted_for is not null)
    and coalesce(
        interaction_seconds + coalesce(hold_seconds, 0)
        <= epoch("DisconnectTimestamp") - epoch(connected_at) + 5,
        true
    )
    and coalesce(abs(epoch(dequeued_at) - epoch(enqueued_at) - queue_seconds) <= 5, true)
    -- an agent or a queue under names that nobody documented
    and ("Agent" is null or json_type("Agent") = 'NULL' or agent_arn is not null)
    and ("Queue" is null or json_type("Queue") = 'NULL' or queue_known is not null)
        as is_readable,
from placed
