select
    activity_id,
    agent_id,
    state,
    started_at,
    ended_at,
    contact_id,
from shape.agent_states
where
    ended_at > started_at
    and state in ('contact', 'available', 'break', 'training', 'meeting', 'offline')
