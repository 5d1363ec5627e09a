-- A leg is landed once: when the agent is done with it, and the record that it follows is there to
-- say whether it was handed over or only asked about. All legs of a chain are its first contact's.
select
    contact_id as leg_id,
    root_contact_id as contact_id,
    agent_id,
    case
        when getvariable('level_2_profiles') || getvariable('level_3_profiles') = '' then null
        when regexp_matches(routing_profile, nullif(getvariable('level_3_profiles'), '')) then 3
        when regexp_matches(routing_profile, nullif(getvariable('level_2_profiles'), '')) then 2
        else 1
    end as support_level,
    case
        when start = 'callback' then 'callback'
        when start <> 'follow' or not follows_an_agent then 'queue'
        -- the agent who asked went on with the customer
        when previous_disconnected_at > disconnected_at then 'consult'
        else 'transfer'
    end as entry_type,
    connected_at as started_at,
    disconnected_at as ended_at,
    interaction_seconds as talk_seconds,
    hold_seconds,
    wrap_seconds,
from shape.chain
where
    is_answered
    and is_chain_readable
    and disconnected_at is not null
    and not is_wrapping_up
    and (previous_contact_id is null or is_previous_known or is_old)
