-- All legs are the conversation's. The agent who was asked, while another stayed until later, was
-- consulted; the session of a callback is the agent's work before the customer took the call. A leg
-- is landed once, when its after-contact work is over, too.
with sessions as (
    select
        sessions.*,
        contacts.called_back_from,
        max(sessions.over_at) over (
            partition by sessions.conversation_id
            order by sessions.began_at, sessions.session_number
            rows between unbounded preceding and 1 preceding
        ) as others_until,
        row_number() over (
            partition by sessions.conversation_id
            order by sessions.began_at, sessions.session_number
        ) as leg_number,
    from shape.agent_sessions as sessions
    inner join shape.contacts as contacts
        on sessions.conversation_id = contacts.conversation_id
    where
        sessions.media_type <> 'callback'
        and (contacts.answered_at is not null or contacts.called_back_at is not null)
)

select
    conversation_id || '-' || leg_number as leg_id,
    conversation_id as contact_id,
    agent_id,
    case
        when called_back_from is not null and leg_number = 1 then 'callback'
        when leg_number = 1 then 'queue'
        when others_until > over_at then 'consult'
        else 'transfer'
    end as entry_type,
    began_at as started_at,
    over_at as ended_at,
    talk_seconds,
    hold_seconds,
    wrap_seconds,
from sessions
where not is_open
